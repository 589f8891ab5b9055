"""What the server answers where Discord would not do as it is asked."""

from typing import Any


class Refusal(Exception):
    """A refusal with its HTTP status, Discord's JSON error code and text (docs, "Opcodes and Status Codes").

    `of_form` says that the request itself is malformed: a test fails for that, while a message that is gone or a
    permission that is missing may well happen to a good client.
    """

    def __init__(self, status: int, code: int, text: str, *, detail: str = "", of_form: bool = False) -> None:
        super().__init__(f"{status} ({code}) {text}{': ' * bool(detail)}{detail}")
        self.status, self.code, self.text, self.detail, self.of_form = status, code, text, detail, of_form

    @property
    def body(self) -> dict[str, Any]:
        """The JSON of the answer."""
        found: dict[str, Any] = {"message": self.text, "code": self.code}
        if self.detail:
            found["errors"] = {"_errors": [{"code": "INVALID", "message": self.detail}]}
        return found


def invalid(detail: str) -> Refusal:
    """The request's body is not as it has to be."""
    return Refusal(400, 50035, "Invalid Form Body", detail=detail, of_form=True)


def unknown(thing: str) -> Refusal:
    """There is no such thing (any more)."""
    codes = {"Channel": 10003, "Guild": 10004, "Member": 10007, "Message": 10008, "User": 10013, "Emoji": 10014}
    codes |= {"Webhook": 10015, "Interaction": 10062, "Application": 10002}
    return Refusal(400 if thing == "Emoji" else 404, codes[thing], f"Unknown {thing}")
