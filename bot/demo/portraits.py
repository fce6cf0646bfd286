"""Pictures for the bot and the people, drawn here so that nothing has to be fetched or shipped."""

import io

from PIL import Image, ImageDraw, ImageFont

_SIZE = 128
_INDIGO = "#4f46e5"


def _png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def bot_portrait() -> bytes:
    """A sheet of paper with a folded corner, on indigo."""
    scale = 4  # drawn large and made smaller, for smooth edges
    side = _SIZE * scale
    image = Image.new("RGB", (side, side), _INDIGO)
    draw = ImageDraw.Draw(image)

    def at(x: float, y: float) -> tuple[float, float]:
        return x * side, y * side

    fold = 0.14
    left, top, right, bottom = 0.29, 0.22, 0.71, 0.78
    draw.polygon(
        [
            at(left, top),
            at(right - fold, top),
            at(right, top + fold),
            at(right, bottom),
            at(left, bottom),
        ],
        fill="white",
    )
    draw.polygon(
        [at(right - fold, top), at(right, top + fold), at(right - fold, top + fold)], fill="#c7d2fe"
    )
    for line, end in ((0.45, 0.62), (0.54, 0.64), (0.63, 0.55)):
        draw.rounded_rectangle(
            [at(0.36, line), at(end, line + 0.035)], radius=6 * scale, fill=_INDIGO
        )
    return _png(image.resize((_SIZE, _SIZE), Image.Resampling.LANCZOS))


def person_portrait(name: str, colour: str) -> bytes:
    """The first letter of the name on a colour."""
    image = Image.new("RGB", (_SIZE, _SIZE), colour)
    draw = ImageDraw.Draw(image)
    draw.text(
        (_SIZE / 2, _SIZE / 2), name[0], font=ImageFont.load_default(64), fill="white", anchor="mm"
    )
    return _png(image)
