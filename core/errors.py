"""The errors that we raise, drawn once.

ParleyError
├── UserError        somebody in a chat can mend it: `key` names a text of config/locales, shown in their language
│   ├── Busy         the queue is full, or a quota is used up
│   ├── ModelError   the model is missing, dead or slow; the operator's log has the cause
│   │   ├── ModelUnavailable   it does not answer at all, or its circuit is open
│   │   ├── ModelTimeout       it took longer than its limit
│   │   └── PromptTooLong      the message alone does not fit into the model's window
│   └── NotAllowed   the person may not do this
├── Unreachable      a platform cannot be reached for the moment; what was to be sent is sent later
├── Unsure           a platform may have sent a message or not, and cannot be asked; it is not sent again
└── OperatorError    whoever runs the server can mend it: the text says what is wrong and what to do
    ├── SettingsError          a setting or the environment is wrong
    ├── StoreError             the database is locked, full, unreadable or from a newer version
    └── ModelFileError         a model file is missing, cut or damaged
"""


class ParleyError(Exception):
    """Every error of ours that has a reader."""


class UserError(ParleyError):
    """Shown to a person in a chat.

    `key` is a message id of config/locales; `values` fill its placeholders and may carry no secret.
    """

    def __init__(self, key: str, /, **values: str | int) -> None:
        super().__init__(key, values)
        self.key = key
        self.values = values


class Busy(UserError):
    """The queue is full, or a quota is used up."""


class ModelError(UserError):
    """The model cannot answer now; `cause` is for the operator's log."""

    def __init__(self, key: str, cause: str = "", **values: str | int) -> None:
        super().__init__(key, **values)
        self.cause = cause


class ModelUnavailable(ModelError):
    """The model does not answer at all, or its circuit is open."""


class ModelTimeout(ModelError):
    """The model took longer than its limit."""


class PromptTooLong(ModelError):
    """The newest message alone does not fit into the model's window."""


class NotAllowed(UserError):
    """The person may not do this."""


class Unreachable(ParleyError):
    """A platform does not answer, or has asked us to wait: what was to be done there is done later."""


class Unsure(ParleyError):
    """Nobody knows whether a platform has sent a message, and sending it again could double it."""


class OperatorError(ParleyError):
    """Shown to whoever runs the server: the text says what is wrong and what to do."""


class SettingsError(OperatorError):
    """A setting or the environment is wrong."""


class StoreError(OperatorError):
    """The database is locked, full, unreadable or from a newer version."""


class ModelFileError(OperatorError):
    """A model file is missing, cut or damaged."""
