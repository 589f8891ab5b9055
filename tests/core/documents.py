"""Small files of each format, as the programs that people have write them."""

import io
import zipfile
from collections.abc import Mapping, Sequence

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
P = "http://schemas.openxmlformats.org/presentationml/2006/main"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
OFFICE, TEXT, TABLE, DRAW = (
    f"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0" for name in ("office", "text", "table", "drawing")
)


def packed(parts: Mapping[str, str | bytes]) -> bytes:
    """An archive."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def docx(*paragraphs: str) -> bytes:
    """A text of Word's: each paragraph in two runs, and something that was deleted."""
    runs = "".join(
        f"<w:p><w:r><w:t>{text[:3]}</w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del>"
        f'<w:r><w:t xml:space="preserve">{text[3:]}</w:t></w:r></w:p>'
        for text in paragraphs
    )
    return packed({"word/document.xml": f'<w:document xmlns:w="{W}"><w:body>{runs}</w:body></w:document>'})


def xlsx(sheets: Mapping[str, Sequence[Sequence[str | float]]]) -> bytes:
    """A workbook of Excel's, with its words in the shared strings."""
    words = [cell for rows in sheets.values() for row in rows for cell in row if isinstance(cell, str)]
    parts: dict[str, str | bytes] = {
        "xl/sharedStrings.xml": f'<sst xmlns="{S}">{"".join(f"<si><t>{word}</t></si>" for word in words)}</sst>'
    }
    names, links, number = "", "", 0
    for place, (name, rows) in enumerate(sheets.items(), 1):
        lines = ""
        for line, row in enumerate(rows, 1):
            cells = ""
            for column, cell in enumerate(row):
                at = f'r="{chr(65 + column)}{line}"'
                if isinstance(cell, str):
                    cells += f'<c {at} t="s"><v>{number}</v></c>'
                    number += 1
                else:
                    cells += f"<c {at}><v>{cell}</v></c>"
            lines += f'<row r="{line}">{cells}</row>'
        parts[f"xl/worksheets/sheet{place}.xml"] = f'<worksheet xmlns="{S}"><sheetData>{lines}</sheetData></worksheet>'
        names += f'<sheet name="{name}" sheetId="{place}" r:id="rId{place}"/>'
        links += f'<Relationship Id="rId{place}" Target="worksheets/sheet{place}.xml"/>'
    parts["xl/workbook.xml"] = f'<workbook xmlns="{S}" xmlns:r="{R}"><sheets>{names}</sheets></workbook>'
    parts["xl/_rels/workbook.xml.rels"] = f"<Relationships>{links}</Relationships>"
    return packed(parts)


def pptx(*slides: str) -> bytes:
    """A presentation of PowerPoint's."""
    parts: dict[str, str | bytes] = {"ppt/presentation.xml": "<p/>"}
    for number, text in enumerate(slides, 1):
        parts[f"ppt/slides/slide{number}.xml"] = (
            f'<p:sld xmlns:p="{P}" xmlns:a="{A}"><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sld>'
        )
    return packed(parts)


def opendocument(kind: str, body: str) -> bytes:
    """A file of LibreOffice's: a `text`, a `spreadsheet` or a `presentation`."""
    names = f'xmlns:office="{OFFICE}" xmlns:text="{TEXT}" xmlns:table="{TABLE}" xmlns:draw="{DRAW}"'
    inner = f"<office:body><office:{kind}>{body}</office:{kind}></office:body>"
    content = f"<office:document-content {names}>{inner}</office:document-content>"
    return packed({"mimetype": f"application/vnd.oasis.opendocument.{kind}", "content.xml": content})


def pdf(*pages: str) -> bytes:
    """A PDF, each page with a line of text."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    kids = []
    for text in pages:
        stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET"
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        font = "<< /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {len(objects)} 0 R"
            f" /Resources << /Font {font} >> >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    found, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(found))
        found += f"{number} 0 obj\n{content}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(found)}\n%%EOF\n"
    return found + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}".encode() + end.encode()
