"""Pictures for the bot, the people and the blog; drawn, so that nothing is fetched or shipped."""

import io
import math

from PIL import Image, ImageDraw, ImageFont, ImageOps

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


def landscape(light: str, sky: str, ground: str) -> bytes:
    """A sun over two ridges, under a sky that is brightest at the horizon."""
    side = 2 * _SIZE
    image = Image.linear_gradient("L").resize((side, side))
    image = ImageOps.colorize(image, black=sky, white=light)
    draw = ImageDraw.Draw(image)
    draw.ellipse([side * 0.58, side * 0.2, side * 0.78, side * 0.4], fill="#fffbeb")
    far = Image.blend(image, Image.new("RGB", image.size, ground), 0.55)
    near = Image.new("RGB", image.size, ground)
    for ridge, height, waves in ((far, 0.55, 1.3), (near, 0.74, 0.8)):
        image.paste(ridge, mask=_below(side, height, waves))
    return _png(image)


def _below(side: int, height: float, waves: float) -> Image.Image:
    """All that lies below a ridge."""
    tops = [
        (x, side * (height + 0.07 * math.sin(waves * 7 * x / side) * math.cos(11 * x / side)))
        for x in range(side + 1)
    ]
    mask = Image.new("L", (side, side))
    ImageDraw.Draw(mask).polygon([*tops, (side, side), (0, side)], fill="white")
    return mask
