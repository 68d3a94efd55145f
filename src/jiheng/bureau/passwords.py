"""Rule for passwords: three kinds of characters out of four (本局设定 after GB/T 22239's demand for complexity)."""

import re

from django.core.exceptions import ValidationError

KINDS = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^a-zA-Z0-9]")


class ThreeKindsOfCharacters:
    """Refuses a password with fewer than three of: small letters, capitals, digits, other signs."""

    def validate(self, password: str, user=None) -> None:
        if sum(bool(re.search(kind, password)) for kind in KINDS) < 3:
            raise ValidationError(self.get_help_text(), code="password_too_simple")

    def get_help_text(self) -> str:
        return "口令须含小写字母、大写字母、数字、其他符号中的至少三种。"
