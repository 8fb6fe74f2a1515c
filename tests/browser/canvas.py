"""What a browser shows of a file, as pixels."""

import base64

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page

# Canvases are sRGB, whatever the picture's own colors are; taken as PNG, as Chromium's lossless path out.
DRAW = """
async (url) => {
  const image = new Image();
  image.src = url;
  try { await image.decode(); } catch { return null; }
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const pixels = context.getImageData(0, 0, canvas.width, canvas.height).data;
  let text = "";
  for (let i = 0; i < pixels.length; i += 32768) text += String.fromCharCode(...pixels.subarray(i, i + 32768));
  return [canvas.width, canvas.height, btoa(text)];
}
"""


def shown(page: Page, data: bytes, media_type: str = "image/png") -> NDArray[np.uint8] | None:
    """What the browser shows of a file in sRGB, (height, width, 4) RGBA; None where it shows nothing.

    The media type matters little: browsers look at the bytes.
    """
    drawn = page.evaluate(DRAW, f"data:{media_type};base64,{base64.b64encode(data).decode('ascii')}")
    if drawn is None:
        return None
    width, height, pixels = drawn
    return np.frombuffer(base64.b64decode(pixels), np.uint8).reshape(height, width, 4)
