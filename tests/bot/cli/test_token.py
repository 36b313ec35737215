"""``whobot token``: tokens of the API, for people and for scripts."""

import json
from datetime import UTC, datetime, timedelta

from tests.bot.cli.conftest import Whobot


def test_a_token_is_made_listed_and_withdrawn(whobot: Whobot) -> None:
    made = whobot("token", "make", "laptop", "--scope", "ask", "-s", "teach", "--days", "30")
    assert made.exit_code == 0, made.output
    secret = made.stdout.strip()
    assert secret.startswith("whobot_")
    listed = whobot("token", "list", "--json")
    assert secret not in listed.output
    [token] = json.loads(listed.stdout)["tokens"]
    assert (token["name"], token["scopes"], token["used"]) == ("laptop", ["ask", "teach"], None)
    until = datetime.fromisoformat(token["expires"])
    assert timedelta(days=29) < until - datetime.now(UTC) <= timedelta(days=30)
    assert token["chat"] == token["id"]
    assert "laptop" in whobot("token", "list").stdout
    assert whobot("token", "withdraw", "laptop").exit_code == 0
    assert whobot("token", "withdraw", "laptop").exit_code == 1
    assert json.loads(whobot("token", "list", "--json").stdout) == {"tokens": []}


def test_mistakes_are_told(whobot: Whobot) -> None:
    assert whobot("token", "make", "laptop").exit_code == 0
    again = whobot("token", "make", "laptop")
    assert again.exit_code == 1
    assert "there is a token called laptop already" in again.stderr
    wrong = whobot("token", "make", "other", "--scope", "everything")
    assert wrong.exit_code == 2
    assert "ask, teach, admin" in " ".join(wrong.stderr.split())
    assert [one["scopes"] for one in json.loads(whobot("token", "list", "--json").stdout)["tokens"]] == [["ask"]]
