"""What does a queue take?

https://learn.microsoft.com/azure/storage/queues/scalability-targets: a message has up to 64 KiB of encoded text, which
in base64 are 48 KiB. https://learn.microsoft.com/rest/api/storageservices/put-message: it stays seven days, and is
hidden for less.
"""

from datetime import timedelta

TEXT_BYTES = 48 * 1024
TIME_TO_LIVE = timedelta(days=7)


def check_text(text: str) -> None:
    """ValueError unless a message can carry the text."""
    size = len(text.encode())
    if not 0 < size <= TEXT_BYTES:
        raise ValueError(f"A message of {size} bytes; the limits are 1 and {TEXT_BYTES}.")


def check_delay(real_delay: timedelta) -> None:
    """ValueError unless a message can be hidden so long."""
    if not timedelta(0) <= real_delay < TIME_TO_LIVE:
        raise ValueError(f"A delay of {real_delay}; the limits are 0 and less than {TIME_TO_LIVE}.")
