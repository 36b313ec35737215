"""The configuration: what overrides what, and what a mistake is told."""

import errno
import os
import re
import tomllib
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.config import MODELS, Access, Configuration, Settings, locate, toml_value
from bot.config import example as example_of
from bot.config import keys as keys_of
from bot.config import load as load_with
from bot.errors import ConfigError
from bot.platforms.api.platform import Api
from bot.platforms.discord.platform import PLATFORM as DISCORD
from bot.platforms.discord.platform import Discord
from bot.platforms.registry import sections
from bot.platforms.telegram.platform import Telegram
from bot.platforms.web.platform import Web
from tests.conftest import REPOSITORY
from tests.support.tokens import DISCORD_TOKEN, TELEGRAM_TOKEN

DEFAULTS = Settings(platforms={"discord": Discord(), "telegram": Telegram(), "web": Web(), "api": Api()})
keys = partial(keys_of, sections())
example = partial(example_of, sections())


def load(path: Path | None, environment: Mapping[str, str]) -> Configuration:
    return load_with(path, environment, sections())


def web_of(configuration: Configuration) -> Web:
    found = configuration.settings.platforms["web"]
    assert isinstance(found, Web)
    return found


def written(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, "utf-8")
    return path


def mistakes(path: Path | None, environment: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(path, environment or {})
    return str(caught.value).splitlines()[1:]


def test_without_anything_the_defaults_hold() -> None:
    configuration = load(None, {"PATH": "/bin", "HOME": "/"})
    assert configuration.settings == DEFAULTS
    assert {configuration.origin(key).source for key in keys().values()} == {"default"}
    assert configuration.secrets() == ()


def test_environment_overrides_file_overrides_default(tmp_path: Path) -> None:
    path = written(tmp_path, "[limits]\nbytes = 1000\npixels = 2000\n")
    configuration = load(path, {"WHOBOT_LIMITS__BYTES": "3000"})
    limits = configuration.settings.limits
    assert (limits.bytes, limits.pixels, limits.faces) == (3000, 2000, Settings().limits.faces)
    origins = {name: configuration.origin(keys()["limits", name]) for name in ("bytes", "pixels", "faces")}
    assert origins["bytes"].place == "WHOBOT_LIMITS__BYTES"
    assert origins["pixels"].place == f"{path}, line 3"
    assert origins["faces"].source == "default"


def test_values_of_the_environment_are_read_by_type() -> None:
    environment = {
        "WHOBOT_WEB__ENABLED": "false",
        "WHOBOT_WEB__ALLOWED_HOSTS": "a.example.org, b.example.org",
        "WHOBOT_ANSWERS__THRESHOLD": "0.25",
        "WHOBOT_ANSWERS__FONTS": "fonts/a.ttf",
    }
    configuration = load(None, environment)
    web, settings = web_of(configuration), configuration.settings
    assert web.enabled is False
    assert web.allowed_hosts == ("a.example.org", "b.example.org")
    assert settings.answers.threshold == 0.25
    assert settings.answers.fonts == (Path("fonts/a.ttf"),)


def test_an_empty_variable_is_not_set() -> None:
    assert load(None, {"WHOBOT_DISCORD__TOKEN": ""}).settings.platforms["discord"] == Discord()


def test_paths_in_the_file_are_relative_to_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, '[models]\ndirectory = "nets"\n[answers]\nfonts = ["a.ttf", "/usr/b.ttf"]\n')
    settings = load(path, {}).settings
    assert settings.models.directory == tmp_path.resolve() / "nets"
    assert settings.answers.fonts == (tmp_path.resolve() / "a.ttf", Path("/usr/b.ttf"))


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    assert load(written(tmp_path, "\ufeff[limits]\nbytes = 7\n"), {}).settings.limits.bytes == 7


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[limits]\nbyts = 3\n", r'config\.toml, line 2: \[limits\] has no key "byts"\. Did you mean "bytes"\?'),
        ("[limts]\nbytes = 3\n", r"config\.toml, line 1: there is no section \[limts\]\. Did you mean \[limits\]\?"),
        ("limits.byts = 3\n", r'config\.toml, line 1: \[limits\] has no key "byts"'),
        ("\nbytes = 3\n", r'config\.toml, line 2: "bytes" must stand in a section: \[limits\]'),
        ("[web]\npixels = 3\n", r'\[web\] has no key "pixels"\. It belongs in \[limits\]\.'),
        ("[web]\nzzzzzz = 3\n", r"There are enabled, host, port"),
        ("web = 3\n", r'"web" is a section: write \[web\]'),
        ("[limits]\nbytes = 0\n", r"line 2: limits\.bytes: input should be greater than 0\. It means: Size of one"),
        ("[limits]\nbytes = 'x'\n", r"limits\.bytes: input should be a valid integer.*For example: bytes = 20000000"),
        ("[limits]\nbytes = true\n", r"limits\.bytes cannot be true or false"),
        ("[limits]\nbytes = []\n", r"limits\.bytes: input should be a valid integer"),
        ("[log]\nlevel = 'loud'\n", r"log\.level: input should be 'debug', 'info', 'warning' or 'error'"),
        ("[answers]\nfonts = 3\n", r"answers\.fonts: input should be a valid tuple"),
        ("[web]\nhost = '0.0.0.0'\n", r"\[web\]: host 0\.0\.0\.0 lets other machines in, so a password is needed"),
        ("[telegram]\nwebhook_url = 'https://a.example'\n", r"\[telegram\]: webhook_url needs a webhook_secret"),
    ],
)
def test_a_mistake_in_the_file_is_explained(tmp_path: Path, text: str, expected: str) -> None:
    (message,) = mistakes(written(tmp_path, text))
    assert re.search(expected, message)


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("WHOBOT_LIMIT__BYTES", "3", "Did you mean WHOBOT_LIMITS__BYTES?"),
        ("WHOBOT_LIMITS_BYTES", "3", "Did you mean WHOBOT_LIMITS__BYTES?"),
        ("WHOBOT_CONFIGS", "3", "Did you mean WHOBOT_CONFIG?"),
        ("WHOBOT_LIMITS__BYTES", "many", "WHOBOT_LIMITS__BYTES: limits.bytes: input should be a valid integer"),
        ("WHOBOT_WEB__PASSWORD", "short", "[web]: password must have at least 8 characters"),
    ],
)
def test_a_mistake_in_the_environment_is_explained(variable: str, value: str, expected: str) -> None:
    (message,) = mistakes(None, {variable: value})
    assert variable in message or message.startswith("- [")
    assert expected in message


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    path = written(tmp_path, "[limits]\nbyts = 3\nbytes = -1\nfaces = 'x'\n[wep]\n")
    assert len(mistakes(path, {"WHOBOT_LOGG__LEVEL": "info", "WHOBOT_LOG__LEVEL": "loud"})) == 6


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (f'[discord]\ntoken = "{DISCORD_TOKEN}"\n', DISCORD_TOKEN),
        ('[web]\npassword = "a long password"\n', "a long password"),
        (f'[discord]\ntoken_file = "{TELEGRAM_TOKEN}"\n', TELEGRAM_TOKEN),
        (f'[discord]\ntokn = "{DISCORD_TOKEN}"\n', DISCORD_TOKEN),
        (f'[discord]\ntoken = {DISCORD_TOKEN}"\n', DISCORD_TOKEN),
        ('[store]\nurl = "postgresql+asyncpg://me:opensesame@db/whobot"\n', "opensesame"),
    ],
)
def test_a_secret_in_the_file_is_refused_and_not_repeated(tmp_path: Path, text: str, secret: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(written(tmp_path, text), {})
    assert secret not in str(caught.value)
    assert secret not in str(caught.value.__cause__)


def test_a_refused_secret_names_its_right_place(tmp_path: Path) -> None:
    (message,) = mistakes(written(tmp_path, '[discord]\ntoken = "abc"\n'))
    assert "WHOBOT_DISCORD__TOKEN" in message
    assert "token_file" in message


def test_secrets_never_show() -> None:
    environment = {"WHOBOT_DISCORD__TOKEN": DISCORD_TOKEN, "WHOBOT_WEB__PASSWORD": "a long password"}
    configuration = load(None, environment)
    assert set(configuration.secrets()) == set(environment.values())
    for shown in (repr(configuration), str(configuration.settings), configuration.settings.model_dump_json()):
        assert DISCORD_TOKEN not in shown
        assert "a long password" not in shown


def test_a_rejected_secret_is_not_in_the_error() -> None:
    environment = {"WHOBOT_WEB__PASSWORD": "opensez", "WHOBOT_LIMITS__BYTES": TELEGRAM_TOKEN}
    with pytest.raises(ConfigError) as caught:
        load(None, environment)
    chain = f"{caught.value} {caught.value.__cause__} {caught.value.__context__}"
    assert "opensez" not in chain
    assert TELEGRAM_TOKEN not in chain


def test_a_token_is_read_from_its_file(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text(f"{TELEGRAM_TOKEN}\n")
    token.chmod(0o600)
    configuration = load(written(tmp_path, '[telegram]\ntoken_file = "token"\n'), {})
    secret = configuration.value(keys()["telegram", "token"])
    assert secret is not None
    assert secret.get_secret_value() == TELEGRAM_TOKEN
    assert configuration.warnings == ()
    assert configuration.origin(keys()["telegram", "token"]).place == str(token.resolve())


def test_a_token_file_that_all_can_read_is_warned_of(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text(TELEGRAM_TOKEN)
    token.chmod(0o644)
    (warning,) = load(None, {"WHOBOT_TELEGRAM__TOKEN_FILE": str(token)}).warnings
    assert f"chmod 600 {token}" in warning


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (None, "No such file"),
        ("a b", "nothing else"),
        (
            "the token",
            "still holds the placeholder of the instructions; write the real token into it, or empty the file",
        ),
        ("'your token'\n", "still holds the placeholder"),
    ],
)
def test_an_unusable_token_file_is_reported(tmp_path: Path, content: str | None, expected: str) -> None:
    token = tmp_path / "token"
    if content is not None:
        token.write_text(content)
    (message,) = mistakes(None, {"WHOBOT_DISCORD__TOKEN_FILE": str(token)})
    assert str(token) in message
    assert expected in message


def test_an_empty_token_file_leaves_the_platform_off(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("\n")
    settings = load(None, {"WHOBOT_DISCORD__TOKEN_FILE": str(token)}).settings
    assert not DISCORD.runs_with(settings)


def test_a_folder_in_place_of_a_token_file_is_reported(tmp_path: Path) -> None:
    (message,) = mistakes(None, {"WHOBOT_DISCORD__TOKEN_FILE": str(tmp_path)})
    assert "container engines make where a mounted file is missing; remove it and write the file" in message


def test_a_token_file_of_another_user_is_reported_with_advice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_path: Path) -> str:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(Path, "read_text", refuse)
    (message,) = mistakes(None, {"WHOBOT_DISCORD__TOKEN_FILE": str(tmp_path / "token")})
    assert f"Permission denied. whobot runs as user {os.geteuid()}" in message
    assert f"chown {os.geteuid()}" in message


def test_a_password_may_be_several_words_on_one_line(tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text("a password of several words\n")
    held = web_of(load(None, {"WHOBOT_WEB__PASSWORD_FILE": str(password)})).password
    assert held is not None
    assert held.get_secret_value() == "a password of several words"
    password.write_text("a password of your own\n")
    (message,) = mistakes(None, {"WHOBOT_WEB__PASSWORD_FILE": str(password)})
    assert message.endswith("write the real password into it")
    for content in ("", "a password\nand another\n"):
        password.write_text(content)
        assert "nothing else" in mistakes(None, {"WHOBOT_WEB__PASSWORD_FILE": str(password)})[0]


def test_a_token_given_twice_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, '[discord]\ntoken_file = "token"\n')
    (message,) = mistakes(path, {"WHOBOT_DISCORD__TOKEN": DISCORD_TOKEN})
    assert "given twice, by WHOBOT_DISCORD__TOKEN and by token_file" in message


def test_an_unreadable_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot read the configuration"):
        load(tmp_path / "missing.toml", {})
    with pytest.raises(ConfigError, match=r"not valid TOML: .*line 1"):
        load(written(tmp_path, "[limits\n"), {})
    (tmp_path / "config.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="not valid TOML"):
        load(tmp_path / "config.toml", {})


def test_the_places_where_the_file_is_searched(tmp_path: Path) -> None:
    assert locate(None, {}, tmp_path) is None
    usual = written(tmp_path, "")
    assert locate(None, {}, tmp_path) == usual
    assert locate(None, {"WHOBOT_CONFIG": "/etc/whobot.toml"}, tmp_path) == Path("/etc/whobot.toml")
    assert locate(Path("mine.toml"), {"WHOBOT_CONFIG": "/etc/whobot.toml"}, tmp_path) == Path("mine.toml")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "localhost"])
def test_loopback_needs_no_password(host: str) -> None:
    assert Web(host=host).password is None


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "whobot.example.org", ""])  # noqa: S104
def test_elsewhere_needs_a_password(host: str) -> None:
    with pytest.raises(ValidationError, match="password is needed"):
        Web(host=host)
    assert Web(host=host, enabled=False).host == host
    assert web_of(load(None, {"WHOBOT_WEB__HOST": host, "WHOBOT_WEB__PASSWORD": "long enough"})).password


def test_every_key_says_what_it_means() -> None:
    assert [str(key) for key in keys().values() if not key.meaning.endswith((".", '."'))] == []


def test_every_secret_may_lie_in_a_file() -> None:
    secrets = [key for key in keys().values() if key.secret]
    assert len(secrets) == 6
    assert all((key.section, f"{key.name}_file") in keys() for key in secrets)


def test_the_committed_example_is_the_generated_one() -> None:
    committed = (REPOSITORY / "config.example.toml").read_text("utf-8")
    assert committed == example(), "write it anew: whobot settings --example > config.example.toml"


def test_the_example_holds_every_key_and_its_defaults(tmp_path: Path) -> None:
    without_example = {name for name, key in keys().items() if not key.secret and not key.field.examples}
    uncommented = re.sub(r"^# (\w+ = )", r"\1", example(), flags=re.MULTILINE)
    tables = tomllib.loads(uncommented)
    shown = {(section, name) for section, table in tables.items() for name in table}
    assert shown == {name for name, key in keys().items() if not key.secret}
    for section, name in without_example:
        assert tables[section][name] == tomllib.loads(f"x = {toml_value(keys()[section, name].default)}")["x"]
    assert load(written(tmp_path, example()), {}).settings == DEFAULTS


@pytest.mark.parametrize("value", [True, 3, 0.5, 'a "quoted" \\ text\n\x7f', ("a", "ü"), ()])
def test_values_are_written_as_toml(value: object) -> None:
    expected = list(value) if isinstance(value, tuple) else value
    assert tomllib.loads(f"x = {toml_value(value)}")["x"] == expected


def test_the_models_that_ship_are_found() -> None:
    assert MODELS == REPOSITORY / "models"


@pytest.mark.parametrize("entry", ["123456", "irc:1", "discord:", "discord: 1"])
def test_an_entry_of_the_access_lists_names_a_platform(entry: str) -> None:
    (message,) = mistakes(None, {"WHOBOT_ACCESS__BLOCK": entry})
    assert f'"{entry}" must begin with a platform: discord:<id>, telegram:<id>, web:<id> or api:<id>' in message


def test_the_access_lists_may_come_from_the_environment() -> None:
    access = load(
        None, {"WHOBOT_ACCESS__ALLOW": "discord:1, web:*", "WHOBOT_ACCESS__BLOCK": "telegram:-100"}
    ).settings.access
    assert access == Access(allow=("discord:1", "web:*"), block=("telegram:-100",))
