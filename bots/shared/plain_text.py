"""Text without any markup in pieces, for when a platform refuses what we have rendered. Pure."""

from core.markdown.cutting import between_letters


def plain_pieces(text: str, limit: int) -> list[str]:
    """Cut a text at the ends of its lines or words; joined, the pieces are the text. `limit` counts UTF-16 units."""
    found: list[str] = []
    while len(text) > limit or len(text.encode("utf-16-le")) // 2 > limit:
        reach = len(text.encode("utf-16-le")[: 2 * limit].decode("utf-16-le", "ignore"))
        pause = max(text.rfind("\n", reach // 2, reach), text.rfind(" ", reach // 2, reach)) + 1
        at = pause or max(between_letters(text, reach), 1)
        found.append(text[:at])
        text = text[at:]
    return [*found, text]
