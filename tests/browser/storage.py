"""What a browser's own storage does when it should remember or forget."""

from playwright.sync_api import Page

# What a browser's storage may do: refuse at once, or only when all is written.
REFUSALS = {
    "at once": "throw new DOMException('', 'UnknownError')",
    "in the end": "request.addEventListener('success', () => this.transaction.abort())",
}

# Others have to wait for a transaction until it has no more requests.
HOLD_STORAGE = """() => new Promise((resolve) => {
    window.held = true;
    indexedDB.open("turdify").onsuccess = ({ target }) => {
        const store = target.result.transaction("own", "readwrite").objectStore("own");
        const hold = () => { if (window.held) store.get("nothing").onsuccess = hold; else target.result.close(); };
        hold();
        resolve();
    };
})"""


def let_storage_fail(page: Page, act: str, how: str) -> None:
    page.evaluate(
        f"""() => {{
            const original = IDBObjectStore.prototype.{act};
            IDBObjectStore.prototype.{act} = function (...values) {{
                const request = original.apply(this, values);
                {REFUSALS[how]};
                return request;
            }};
        }}"""
    )
