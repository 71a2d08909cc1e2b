"""Small PDF files for tests, written by hand: text at a place, lines, an image, rotation and crop."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

from PIL.Image import Image


@dataclass
class MadePage:
    """A page of 595 by 842 points; places are from the top left corner, as everywhere in the product."""

    rotate: int = 0
    crop: tuple[float, float, float, float] | None = None  # left, bottom, right, top
    width: float = 595
    height: float = 842
    commands: list[str] = field(default_factory=list)
    image: Image | None = None

    def text(self, left: float, base: float, text: str, *, size: float = 10, bold: bool = False) -> MadePage:
        """A line of text with its base line `base` points below the top of the page."""
        escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        font = "F2" if bold else "F1"
        self.commands.append(f"BT /{font} {size} Tf {left} {self.height - base} Td ({escaped}) Tj ET")
        return self

    def upward(self, left: float, base: float, text: str) -> MadePage:
        """A line of text that runs upward from this place."""
        self.commands.append(f"BT /F1 10 Tf 0 1 -1 0 {left} {self.height - base} Tm ({text}) Tj ET")
        return self

    def lines(self, left: float, base: float, *lines: str, size: float = 10, leading: float = 13) -> MadePage:
        """Lines of running text under each other."""
        for place, line in enumerate(lines):
            self.text(left, base + place * leading, line, size=size)
        return self

    def rule(self, x1: float, y1: float, x2: float, y2: float) -> MadePage:
        """A straight line."""
        self.commands.append(f"0.5 w {x1} {self.height - y1} m {x2} {self.height - y2} l S")
        return self

    def picture(self, image: Image) -> MadePage:
        """An image that fills the page, as a scanner makes it."""
        self.image = image.convert("L")
        self.commands.append(f"q {self.width} 0 0 {self.height} 0 0 cm /Im Do Q")
        return self


def made_pdf(*pages: MadePage, title: str = "", encrypt: bool = False) -> bytes:
    """The bytes of a PDF file with these pages."""
    objects: list[bytes] = [b"", b""]
    fonts = b"<< /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >>"
    objects += [fonts % b"Helvetica", fonts % b"Helvetica-Bold"]
    kids = []
    for page in pages:
        content = zlib.compress("\n".join(page.commands).encode("cp1252"))
        objects.append(_stream(content, b"/Filter /FlateDecode"))
        resources = b"/Font << /F1 3 0 R /F2 4 0 R >>"
        content_at = len(objects)
        if page.image is not None:
            size = b"/Width %d /Height %d" % page.image.size
            kind = b"/Type /XObject /Subtype /Image /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode "
            objects.append(_stream(zlib.compress(page.image.tobytes()), kind + size))
            resources += b" /XObject << /Im %d 0 R >>" % len(objects)
        crop = b"/CropBox [%g %g %g %g]" % page.crop if page.crop else b""
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %g %g] %s /Rotate %d /Resources << %s >> /Contents %d 0 R >>"
            % (page.width, page.height, crop, page.rotate, resources, content_at)
        )
        kids.append(len(objects))
    objects[0] = b"<< /Type /Catalog /Pages 2 0 R >>"
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(b"%d 0 R" % kid for kid in kids))
    objects.append(b"<< /Title (%s) >>" % title.encode("cp1252"))
    trailer = b"/Info %d 0 R" % len(objects)
    if encrypt:  # a password that nobody knows
        key = b"<" + b"41" * 32 + b">"
        objects.append(b"<< /Filter /Standard /V 1 /R 2 /O %s /U %s /P -4 >>" % (key, key))
        trailer += b" /Encrypt %d 0 R /ID [<41> <41>]" % len(objects)
    return _file(objects, trailer)


def _stream(data: bytes, entries: bytes) -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), entries, data)


def _file(objects: list[bytes], trailer: bytes) -> bytes:
    parts = [b"%PDF-1.4\n"]
    places = []
    length = len(parts[0])
    for number, body in enumerate(objects, start=1):
        places.append(length)
        parts.append(b"%d 0 obj\n%s\nendobj\n" % (number, body))
        length += len(parts[-1])
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    parts.append(b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table))
    parts.append(b"trailer << /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, length))
    return b"".join(parts)
