"""Taking out of a mail whoever it is about: pure, and a stranger to the other rooms."""

from mailtriage.masking.mails import masked, masked_text

__all__ = ["masked", "masked_text"]
