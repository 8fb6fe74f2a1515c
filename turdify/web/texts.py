"""What the page's scripts say, in the reader's language. Templates hold their own texts, and errors theirs.

Texts are translated in translations/LANGUAGE/LC_MESSAGES/messages.po.
"""

from functools import cache

from babel import Locale
from flask_babel import get_locale, gettext, ngettext

from turdify.covers import CHOICES, OWN

LANGUAGES = ("en", "nl", "de", "fr", "es")


def emoji_labels() -> dict[str, str]:
    """How people call each cover."""
    labels = {
        "turd": gettext("Turd"),
        "smiley": gettext("Smiley"),
        "heart-eyes": gettext("Heart eyes"),
        "sunglasses": gettext("Sunglasses"),
        "clown": gettext("Clown"),
        "cat": gettext("Cat"),
        "dog": gettext("Dog"),
        "panda": gettext("Panda"),
        "pig": gettext("Pig"),
        "frog": gettext("Frog"),
        "pumpkin": gettext("Pumpkin"),
        "flower": gettext("Flower"),
        "star": gettext("Star"),
        "alien": gettext("Alien"),
        "ghost": gettext("Ghost"),
        "solid": gettext("Gray"),
        "mosaic": gettext("Mosaic"),
        "blur": gettext("Blur"),
        "mixed": gettext("Mixed"),
        "numbers": gettext("Numbers"),
        "picture": gettext("Your own"),
    }
    return {name: labels[name] for name in (*CHOICES, OWN)}


def script_texts() -> dict[str, str | dict[str, str]]:
    """Texts by the names that static/*.js call them by; {braces} are filled in there, and plurals chosen."""
    return {
        "uploading": gettext("Uploading… {percent}%"),
        "sniffing": gettext("Sniffing out faces…"),
        "stillSniffing": gettext("Big photo, still sniffing…"),
        "waitingInLine": gettext("Busy toilet. Waiting a moment…"),
        "inLine": plural("Busy toilet: {count} photo before yours.", "Busy toilet: {count} photos before yours."),
        "rendering": gettext("Getting your photo ready…"),
        "covered": plural("{count} face covered. Missed one? Tap it.", "{count} faces covered. Missed one? Tap it."),
        "coveredAndKept": plural("{count} face covered, {kept} kept.", "{count} faces covered, {kept} kept."),
        "coveredAll": plural(
            "{count} face covered. If that is you, tap it.", "{count} faces covered. If one of them is you, tap it."
        ),
        "coveredAlike": plural(
            "{count} face covered. It looks like you: tap it if it is.",
            "{count} faces covered. More than one looks like you: which? Tap it.",
        ),
        "noFace": gettext("No face found: tap the photo to place a cover."),
        "drawBox": gettext("Drag over what is to be hidden."),
        "firstOnly": gettext("Only the first picture of this animation is used."),
        "remembered": gettext("Your picture is remembered in this browser."),
        "forgotten": gettext("Your picture is forgotten."),
        "seeking": gettext("Looking for you…"),
        "notSought": gettext("You were not looked for in {name}: everybody is covered."),
        "keptOnlyHere": gettext("You are kept just here."),
        "cannotRecognize": gettext("This server can't recognize people."),
        "tooManyPeople": gettext("At most {count} people can be kept in every photo."),
        "meRemembered": gettext("You are remembered in this browser."),
        "meForgotten": gettext("You are forgotten."),
        "cannotRemember": gettext("This browser doesn't let us remember that."),
        "cannotForget": gettext(
            "This browser doesn't let us forget that. Please delete this site's data in its settings."
        ),
        "yes": gettext("Yes"),
        "no": gettext("No"),
        "faceIn": gettext("A face in {name}"),
        "reference": gettext("You"),
        "added": gettext("Cover added. {count} in total."),
        "removed": gettext("Cover removed."),
        "uncovered": plural(
            "{count} face that was found is not covered any more.",
            "{count} faces that were found are not covered any more.",
        ),
        "coveredAgain": plural("{count} face covered again.", "{count} faces covered again."),
        "moved": gettext("Cover {number} of {total} moved."),
        "resized": gettext("Cover {number} of {total} resized."),
        "turned": gettext("Cover {number} of {total} turned."),
        "download": gettext("Download"),
        "downloadThis": gettext("Download this one"),
        "lost": gettext("Only the last {count} are kept: what was done to {name} is gone."),
        "bringBack": gettext("Bring back {name}"),
        "saved": gettext("Done: {name}"),
        "zipped": gettext("{count} of {total} photos saved."),
        "shareAgain": gettext("Ready. Tap Share once more."),
        "canceled": gettext("Canceled. Your photo is still here; the server kept nothing."),
        "offline": gettext("No connection. Your photo is still here."),
        "gone": gettext("That photo was changed, moved or deleted since it was chosen. Please choose it once more."),
        "busy": gettext("Busy toilet. Try again in a few seconds."),
        "waiting": plural("{count} photo is waiting.", "{count} photos are waiting."),
        "clogged": gettext("Something clogged on our side. Please try again."),
        "notAPhoto": gettext("That file isn't a photo we can read. Try JPEG, PNG, WebP or HEIC."),
        "tooLarge": gettext("That photo is {size} MB; the limit is {limit} MB."),
        "tooManyPixels": gettext("That photo has too many pixels; the limit is {megapixels} megapixels."),
        "shrinking": gettext("Making the photo smaller…"),
        "cannotShrink": gettext("This browser can't make that photo smaller. Please choose a smaller one."),
        "tooMany": gettext("Only the first {count} photos are used."),
        "tooManyFaces": gettext("At most {count} faces can be covered in one photo."),
        "alt": plural("Your photo with {count} face covered", "Your photo with {count} faces covered"),
        "altOriginal": gettext("Your photo, nothing covered"),
        "number": gettext("Number {number}"),
        "turdLabel": gettext("{emoji}, {number} of {total}"),
        "keptLabel": gettext("Kept, {number} of {total}"),
        "unsureLabel": gettext("Perhaps you, {number} of {total}"),
        "keys": gettext("Arrow keys move it, + and - resize it, [ and ] turn it, Delete removes it."),
        "keptKeys": gettext("This face shows. Choose a cover to hide it."),
        "forThose": gettext("Covered with"),
        "forAll": gettext("For every face"),
        "forOne": gettext("For this face"),
        "batch": gettext("{done} of {total} done"),
        "batchNoFace": plural("{count} without faces", "{count} without faces"),
        "batchFailed": plural("{count} failed", "{count} failed"),
        "batchUncovered": plural("{count} face not covered", "{count} faces not covered"),
        "rowWaiting": gettext("waiting"),
        "rowBusy": gettext("sniffing…"),
        "rowFaces": plural("{count} face", "{count} faces"),
        "rowKept": plural("{kept} kept, {count} covered", "{kept} kept, {count} covered"),
        "rowNoFace": gettext("no face found"),
        "rowFailed": gettext("failed"),
        "rowNobody": gettext("nobody in it"),
        "nobody": gettext("Nobody in it"),
        "copied": gettext("Copied. It can be pasted now."),
        "cannotCopy": gettext("This browser doesn't let us copy. Please download the photo."),
        "nothingToPaste": gettext("There is no picture to paste."),
        "cannotPaste": gettext("This browser doesn't let us paste. Please choose the photo."),
        "sharedLost": gettext("What was shared did not get here. Please share it once more."),
        "showOriginal": gettext("Show original"),
        "showCovered": gettext("Show covered"),
    }


def plural(one: str, other: str) -> dict[str, str]:
    """A text's forms by the reader's language's plural categories, as JavaScript's Intl.PluralRules names them."""
    return {category: ngettext(one, other, number) for category, number in samples(get_locale()).items()}


@cache
def samples(locale: Locale) -> dict[str, int]:
    """For each of a language's plural categories a number that is in it."""
    return {locale.plural_form(number): number for number in range(200)}


def language() -> str:
    return str(get_locale())
