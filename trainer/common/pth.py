"""Read the weights of a PyTorch ``.pth`` file without PyTorch."""

import pickle
import struct
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, ClassVar

import numpy as np
import numpy.typing as npt

from trainer.common.errors import WeightsError

MAGIC = 0x1950A86A20F9469CFC6C
PROTOCOL = 1001


def read_pth(path: Path) -> dict[str, npt.NDArray[Any]]:
    """Read a file of weights as `torch.save` wrote it until PyTorch 1.5, each tensor C-contiguous, in PyTorch's layout.

    The file is four pickles (magic number, protocol, machine, the tensors as views of storages), one of the storages'
    keys, and then each storage's raw values. Nothing but these few types is unpickled: a file cannot run code.

    Source: `torch.serialization._legacy_load` of https://github.com/pytorch/pytorch

    Raises:
        WeightsError: the file is missing, or is no such file.
    """
    try:
        with path.open("rb") as file:
            return _read(file)
    except OSError as error:
        raise WeightsError(f"cannot read the weights {path}: {error.strerror}") from error
    except (pickle.UnpicklingError, EOFError, ValueError, KeyError, TypeError, struct.error) as error:
        raise WeightsError(f"{path} is no file of weights as PyTorch wrote them until 1.5: {error}") from error


@dataclass(frozen=True)
class _View:
    """A tensor, as a pickle describes it: a window on a storage. Strides count elements, not bytes."""

    storage: str
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    def of(self, storage: npt.NDArray[Any]) -> npt.NDArray[Any]:
        last = self.offset + sum((n - 1) * stride for n, stride in zip(self.shape, self.strides, strict=True))
        if self.offset < 0 or min(self.strides, default=0) < 0 or last >= len(storage):
            raise ValueError("a tensor reaches beyond its storage")
        strides = tuple(stride * storage.itemsize for stride in self.strides)
        # Transposed tensors are stored as they lay in memory: read without their strides they would be scrambled.
        view = np.lib.stride_tricks.as_strided(storage[self.offset :], self.shape, strides, writeable=False)
        return np.ascontiguousarray(view).reshape(self.shape)


def _rebuild_tensor(storage: str, offset: int, shape: tuple[int, ...], strides: tuple[int, ...], *_: object) -> _View:
    return _View(storage, offset, shape, strides)


class _Unpickler(pickle.Unpickler):
    """Knows the types that a file of weights needs, and refuses every other."""

    KNOWN: ClassVar[dict[tuple[str, str], Any]] = {
        ("collections", "OrderedDict"): OrderedDict,
        ("torch._utils", "_rebuild_tensor_v2"): _rebuild_tensor,
        ("torch", "FloatStorage"): np.dtype("<f4"),
        ("torch", "LongStorage"): np.dtype("<i8"),
    }

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(file)
        self.dtypes: dict[str, np.dtype[Any]] = {}

    def find_class(self, module: str, name: str) -> Any:
        try:
            return self.KNOWN[module, name]
        except KeyError:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}") from None

    def persistent_load(self, pid: Any) -> str:
        _, dtype, key, *_ = pid
        self.dtypes[key] = dtype
        return str(key)


def _read(file: BinaryIO) -> dict[str, npt.NDArray[Any]]:
    if _Unpickler(file).load() != MAGIC or _Unpickler(file).load() != PROTOCOL:
        raise ValueError("it begins with another magic number")
    if not _Unpickler(file).load()["little_endian"]:
        raise ValueError("it was written on a big-endian machine")
    tensors = _Unpickler(file)
    views: dict[str, _View] = tensors.load()
    storages = {key: _read_storage(file, tensors.dtypes[key]) for key in _Unpickler(file).load()}
    return {name: view.of(storages[view.storage]) for name, view in views.items()}


def _read_storage(file: BinaryIO, dtype: np.dtype[Any]) -> npt.NDArray[Any]:
    (count,) = struct.unpack("<q", file.read(8))
    return np.frombuffer(file.read(count * dtype.itemsize), dtype, count)
