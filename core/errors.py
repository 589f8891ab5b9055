"""The errors that we raise, as a tree.

ParleyError
├── UserError           somebody in a chat can fix it: `key` names a text of config/locales, shown in their language
│   ├── BusyError       the queue is full, or a quota is used up
│   ├── ModelError      the model is missing, dead or slow; the cause is in the operator's log
│   │   ├── ModelUnavailable   it does not answer at all, or its circuit is open
│   │   ├── ModelTimeout       it took longer than its limit
│   │   └── PromptTooLong      the message alone does not fit into the model's window
│   ├── NotAllowed      the person may not do this
│   └── WriteRefused    a platform does not let us write there; the admins are told too
├── UnreachableError    a platform cannot be reached at the moment; we send later
├── UncertainDelivery   a platform may or may not have sent a message; an answer is then offered again
├── MessageGone         somebody has deleted the message in which an answer grows
├── EditRefused         a message can no longer be changed; its new content is shown elsewhere
└── OperatorError       whoever runs the server can fix it: the text says what is wrong and what to do
    ├── SettingsError          a setting or the environment is wrong
    ├── StoreError             the database is locked, full, unreadable or from a newer version
    │   └── SecretUnreadable   a secret in it was encrypted with a key that is not here
    └── ModelFileError         a model file is missing, cut or damaged

LeaseLost, which is none of them, ends the work on what is another process's now.
"""


class ParleyError(Exception):
    """The base of all our errors that are meant for a reader."""


class UserError(ParleyError):
    """An error shown to a person in a chat.

    `key` is a message id of config/locales; `values` fill its placeholders and must not contain a secret.
    """

    def __init__(self, key: str, /, **values: str | int) -> None:
        super().__init__(key, values)
        self.key = key
        self.values = values


class BusyError(UserError):
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


class WriteRefused(UserError):
    """A platform does not let us write there, and trying again is in vain; the community's admins are told too.

    `code` is the platform's own word for it.
    """

    def __init__(self, key: str, code: str = "") -> None:
        super().__init__(key)
        self.code = code


class MessageGone(ParleyError):
    """Somebody has deleted the message in which an answer grows: nothing more is written in it."""


class EditRefused(ParleyError):
    """A message cannot be changed any more and stays as it is; what it was to show has to be shown elsewhere."""


class UnreachableError(ParleyError):
    """A platform does not answer, or has asked us to wait; the work is done later."""


class EditPutOff(UnreachableError):
    """A growing message was not edited, because the platform wants us to wait; its next edit says the same and more."""


class UncertainDelivery(ParleyError):
    """It is unknown whether a platform has sent a message, and sending it again could double it."""


class OperatorError(ParleyError):
    """An error shown to whoever runs the server: the text says what is wrong and what to do."""


class SettingsError(OperatorError):
    """A setting or the environment is wrong."""


class StoreError(OperatorError):
    """The database is locked, full, unreadable or from a newer version."""


class DamagedRow(StoreError):
    """A row of the database has a value that nobody can have written: another try finds the same."""


class SecretUnreadable(StoreError):
    """A secret in the database was encrypted with a key that is not here, or was tampered with."""


class ModelFileError(OperatorError):
    """A model file is missing, cut or damaged."""


class LeaseLost(BaseException):
    """Another process works there now, so this one must write and send nothing more.

    Like a cancellation, it is no error of the work that it ends: no handler of errors may go on with it.
    """
