"""A parent that starts an embedded model, tells its process id, and waits to be killed."""

import asyncio
import sys
from pathlib import Path

from core.models.embedded.model import EmbeddedModel
from core.models.embedded.supervisor import EmbeddedSettings
from core.ports.model import PromptLine, SamplingSettings


async def main(file: Path, home: Path) -> None:
    model = EmbeddedModel(EmbeddedSettings(file=file, home=home, slots=1))
    await model.start()
    answer = model.stream([PromptLine("user", "hello")], SamplingSettings(max_new_tokens=1500))
    await anext(answer)
    sys.stderr.write(f"{model.pid}\n")
    sys.stderr.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2])))
