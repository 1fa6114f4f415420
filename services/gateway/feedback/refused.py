"""What the register of feedback refuses, in the words of the domain."""

from __future__ import annotations

from shared.errors import Conflict, NotAllowed


class FeedbackStepRefused(Conflict):
    """The feedback is not in a state from which this step begins; `context` says in which it is."""

    slug = "feedback-step-refused"
    title_vi = "Trạng thái của phản hồi không cho phép bước này"
    title_en = "The feedback's state does not allow this step"


class AnothersStep(NotAllowed):
    """Who sent a feedback reopens it, the body it was forwarded to explains, and a national office does all else."""

    slug = "anothers-step"
    title_vi = "Bước này thuộc về bên khác"
    title_en = "Another side takes this step"
