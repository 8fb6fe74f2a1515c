"""Faces that a client might send and that can't be meant, and words that the error must have."""

import json

INVALID = {
    "no JSON": ("turds everywhere", "not valid JSON"),
    "nested beyond measure": ("[" * 100_000, "not valid JSON"),
    "a number": ("3", "must be a list"),
    "an object without faces": ("{}", "must be a list"),
    "too many": (json.dumps([{"box": [0, 0, 9, 9]}] * 501), "501 faces; at most 500"),
    "not an object": ("[[0, 0, 9, 9]]", "Face 1 must be an object"),
    "a misspelled key": ('[{"box": [0, 0, 9, 9], "angel": 3}]', "Face 1 must be an object"),
    "the second one": ('[{"box": [0, 0, 9, 9]}, {"angle": 3}]', "Face 2 must be an object"),
    "two boxes in one": ('[{"box": [0, 0, 9, 9], "box": [20, 0, 29, 9]}]', "'box' is there twice"),
    "two lists in one": ('{"faces": [], "faces": []}', "'faces' is there twice"),
    "three numbers": ('[{"box": [0, 0, 9]}]', "four numbers"),
    "text for a number": ('[{"box": [0, 0, 9, "9"]}]', "four numbers"),
    "true for a number": ('[{"box": [0, 0, 9, true]}]', "four numbers"),
    "not a number": ('[{"box": [0, 0, 9, NaN]}]', "four numbers"),
    "infinite": ('[{"box": [0, 0, 9, 1e999]}]', "four numbers"),
    "astronomical": ('[{"box": [0, 0, 9, 1%s]}]' % ("0" * 400), "four numbers"),
    "inside out": ('[{"box": [9, 0, 0, 9]}]', "empty"),
    "an infinite angle": ('[{"box": [0, 0, 9, 9], "angle": Infinity}]', "angle of face 1"),
    "an unknown emoji": ('[{"box": [0, 0, 9, 9], "emoji": "rose"}]', "Unknown emoji 'rose'"),
    "a list for an emoji": ('[{"box": [0, 0, 9, 9], "emoji": ["turd"]}]', "Unknown emoji"),
}
