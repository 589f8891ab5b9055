"""Tells the tool calls that a model writes into its text from its answer.

Servers that know their model's notation read the calls themselves. All others pass them on as the model wrote them:
Hermes' and Qwen's `<tool_call>`, Llama's `<|python_tag|>`, Mistral's `[TOOL_CALLS]`, Gemma's blocks of `tool_code`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from core.answering.call_notations import ARGUMENTS, known_name, written_calls
from core.answering.reasoning import CodeReading
from core.ports.model import ToolCall, ToolSpec

ENDS: Mapping[str, str] = {
    "<tool_call>": "</tool_call>",
    "<tool_calls>": "</tool_calls>",
    "<function_call>": "</function_call>",
    "<|tool_call|>": "<|/tool_call|>",
    "<|tool_call_start|>": "<|tool_call_end|>",
    "<|python_tag|>": "<|eom_id|>",
    "[tool_calls]": "</s>",
}
"""The marks with which calls begin and end, in lower case."""

FUNCTION, FUNCTION_END = "<function=", "</function>"
FENCE, FENCE_END = "```tool_code", "```"
"""The two others, whose beginnings have more to them."""

MARK = re.compile(
    "|".join((*map(re.escape, ENDS), rf"{FUNCTION}[\w.-]{{1,64}}>", r"^ {0,3}```tool_code[ \t]*\n")),
    re.IGNORECASE | re.MULTILINE | re.ASCII,
)
NAME = r"[A-Za-z_][\w.-]{0,63}"
CALL = re.compile(
    rf"\s*(?:[\[{{]|```|<(?:function=|arg_key)|{NAME}(?:\(|\[(?:ARGS|CALL_ID)\]|\s*(?:[{{=]|<arg_key))"
    r"|import[ \t]\w|from[ \t][\w.]{1,64}[ \t]import|def[ \t]\w)",
    re.ASCII,
)
"""The text that follows such a mark if it begins a call. Otherwise, somebody writes about the mark itself."""

UNSURE = re.compile(
    rf"\s*(?:`{{0,2}}|<[\w=]{{0,9}}|{NAME}\s*(?:\[[A-Z_]{{0,7}}|<[\w=]{{0,7}})?|from[ \t][\w.]{{1,64}}[ \t]\w{{0,6}}"
    r"|(?:import|def|from)[ \t])\Z",
    re.ASCII,
)
"""The beginning of a text that may still turn out to be a call."""

BARE = re.compile(
    r"\{\s*(?:\"type\"\s*:\s*\"function\"\s*,\s*)?\"(?:name|function|tool|tool_name)\"\s*:\s*"
    r"(?:\{\s*\"name\"\s*:\s*)?\"([^\"]*)\""
)
"""The beginning of a call without any mark that is the whole answer, as Llama's smaller models write it."""

WITH = re.compile(rf'"(?:{"|".join(ARGUMENTS)})"')
LONGEST_BARE = 100
"""The number of characters within which an object that is a call names its tool."""

LATER = ("</tool_call>", "</tool_calls>", "</function_call>", "<|eom_id|>", "<|eot_id|>", "</s>")
AFTER = re.compile(rf"\s*(?:{'|'.join(map(re.escape, LATER))})", re.IGNORECASE)
"""Further marks that end a call."""

LONGEST = max(len(mark) for mark in (*ENDS, FENCE))


@dataclass(slots=True)
class CallReading:
    """Reads the calls in the text of one round, as far as it has come.

    `tools` are those that are offered. A call of one of them is in `calls`, with an id that begins with `prefix`; what
    the model says after it is not shown, since it does not know the result yet. Any other call is left out and counted
    in `lost`.
    """

    tools: Mapping[str, ToolSpec]
    prefix: str
    calls: list[ToolCall] = field(default_factory=list)
    lost: int = 0
    _read: str = ""
    """The text up to the place that is being read."""
    _shown: str = ""
    _code: CodeReading = field(default_factory=CodeReading)
    _after: bool = False
    """Whether that place follows a call, where there may be more marks that end it."""

    def take(self, text: str, *, ended: bool = False, anew: bool = False) -> str:
        """Take in the whole text so far, and return what of it people see. What may be the beginning of a call waits.

        However a text is cut into pieces, the result is the same. What was taken for the answer may have been
        reasoning: then it is read from its beginning, as it is with `anew`, although it may begin with the same words.
        """
        if anew or not text.startswith(self._read):
            self.calls, self.lost, self._read, self._shown = [], 0, "", ""
            self._code, self._after = CodeReading(), False
        if not self._read and self._bare(text, ended=ended):
            return ""
        at = self._behind(text, len(self._read))
        while not self._waits(text, at, ended=ended) and (found := MARK.search(text, at)):
            following = text[found.end() : found.end() + 200]
            in_code = self._code.reaches(text, found.start())
            if in_code or not (_begins(found[0]) or CALL.match(following)):
                if not ended and not in_code and UNSURE.match(following):
                    return self._until(text, at, found.start())
                self._say(text[at : found.end()])
                at = found.end()
                continue
            self._say(text[at : found.start()])
            at = found.start()
            inside, end = _extent(text, found)
            if end < 0 and not ended:
                return self._until(text, at, at)
            at = end if end >= 0 else len(text)
            self._call(text[inside:at])
            self._after = True
            at = self._behind(text, at)
        if self._after:
            return self._until(text, at, at)
        return self._until(text, at, len(text) if ended else len(text) - _held(text, at))

    def _bare(self, text: str, *, ended: bool) -> bool:
        """Whether a text is nothing but a call, or may become that."""
        rest = text.strip()
        if not self.tools or rest[:1] not in ("", "{"):
            return False
        named = BARE.match(rest)
        if not ended:
            return known_name(named[1], self.tools) in self.tools if named else len(rest) < LONGEST_BARE
        if named and known_name(named[1], self.tools) in self.tools and rest.endswith("}") and WITH.search(rest):
            self._call(rest)
        # Else somebody has asked for such an object.
        self.lost = 0
        return bool(self.calls)

    def _behind(self, text: str, at: int) -> int:
        """The place behind further marks that end a call."""
        while self._after and (mark := AFTER.match(text, at)):
            at = mark.end()
        return at

    def _waits(self, text: str, at: int, *, ended: bool) -> bool:
        """Whether a call may go on to end at the end of a text."""
        rest = text[at:].lstrip().lower() if self._after else ""
        self._after = self._after and not ended and any(mark.startswith(rest) for mark in LATER)
        return self._after

    def _until(self, text: str, at: int, end: int) -> str:
        self._say(text[at:end])
        self._read = text[:end]
        return self._shown

    def _say(self, words: str) -> None:
        if not self.calls:
            self._shown += words

    def _call(self, body: str) -> None:
        for end in (*ENDS.values(), FENCE_END):
            body = body.strip().removesuffix(end)
        known = [(name, given) for name, given in written_calls(body, self.tools) if name in self.tools]
        self.lost += not known
        self.calls += [
            ToolCall(f"{self.prefix}{number}", name, given)
            for number, (name, given) in enumerate(known, len(self.calls))
        ]


def _begins(mark: str) -> bool:
    """Whether a mark begins a call whatever follows."""
    return mark.lower().startswith(FUNCTION) or mark.lstrip().startswith("`")


def _extent(text: str, mark: re.Match[str]) -> tuple[int, int]:
    """Where the words of a call begin, and where it ends with its mark; -1 if that has not come."""
    known = mark[0].lower()
    if known.startswith(FUNCTION):
        begin, close = mark.start(), FUNCTION_END
    elif known in ENDS:
        begin, close = mark.end(), ENDS[known]
    else:
        begin, close = mark.end(), FENCE_END
    found = re.compile(re.escape(close), re.IGNORECASE).search(text, mark.end())
    # Some models begin the next call without an end of this one.
    another = text.find(mark[0], mark.end()) if known in ENDS else -1
    if another >= 0 and (found is None or another < found.start()):
        return begin, another
    return begin, found.end() if found else -1


def _held(text: str, at: int) -> int:
    """How many characters at the end of a text may be the beginning of a mark."""
    line = text[begin:] if (begin := text.rfind("\n") + 1) >= at else ""
    # A block may be indented.
    if line and f"{FENCE}\n".startswith(line.strip(" \t")) and len(line) - len(line.lstrip(" ")) <= 3:
        return len(line)
    tail = text[max(at, len(text) - LONGEST - 64) :].lower()
    begin = max(tail.rfind("<"), tail.rfind("["))
    if begin < 0:
        return 0
    last = tail[begin:]
    # One of the marks has another bracket in it.
    whole = re.fullmatch(rf"{FUNCTION}[\w.-]{{0,64}}", last)
    return len(last) if whole or any(mark.startswith(last) for mark in (*ENDS, FUNCTION)) else 0
