"""Taking out of a mail whoever it is about: pure, and a stranger to the other rooms."""

from mailtriage.masking.mails import masked

__all__ = ["masked"]
