"""Signing in, the first change of password, and being locked out for a while after too many wrong passwords."""

import datetime
from typing import Any

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.views import LoginView, PasswordChangeView
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import localtime, now
from django.views.decorators.http import require_POST

from jiheng.bureau.models import Organization, Person, Post

GROUPS = (
    (Organization.Kind.OFFICE, "财政局"),
    (Organization.Kind.DEPARTMENT, "部门"),
    (Organization.Kind.UNIT, "单位"),
    (Organization.Kind.EXPERT, "专家"),
    (Organization.Kind.INSTITUTION, "第三方机构"),
)
BACKEND = "django.contrib.auth.backends.ModelBackend"


class SignInForm(AuthenticationForm):
    """Account and password, with messages that say what to do next."""

    error_messages = {
        "invalid_login": "账号或口令不对。请检查大小写；连续输错 5 次会暂停登录。",
        "inactive": "这个账号已停用，请联系综合科。",
    }

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.fields["username"].label = "账号"
        self.fields["password"].label = "口令"
        self.fields["username"].error_messages["required"] = "请填写账号"
        self.fields["password"].error_messages["required"] = "请填写口令"


def demo_people() -> list[tuple[str, list[Post]]]:
    """The demo's people by 财政局, 部门 and 单位; nobody unless this is a demo."""
    if not settings.DEMO:
        return []
    posts = Post.objects.filter(person__is_active=True).select_related("person", "organization__parent")
    posts = list(posts.order_by("zone", "organization__order", "organization__code")[:400])
    groups = [(label, [post for post in posts if post.organization.kind == kind]) for kind, label in GROUPS]
    return [group for group in groups if group[1]]


class SignIn(LoginView):
    template_name = "web/sign_in.html"
    authentication_form = SignInForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"people": demo_people()}


@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Signs in as one of the demo's people without a password; does not exist outside the demo."""
    if not settings.DEMO:
        raise Http404
    try:
        person = get_object_or_404(Person, pk=request.POST.get("person"), is_active=True)
    except ValidationError:
        raise Http404 from None
    login(request, person, backend=BACKEND)
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    return HttpResponseRedirect(wanted) if safe else redirect("home")


def locked_out(request: HttpRequest, response: Any = None, credentials: Any = None) -> HttpResponse:
    """The sign-in page while an account is locked: until when, and whom to ask."""
    username = (credentials or {}).get("username") or request.POST.get("username", "")
    last = AccessAttempt.objects.filter(username=username).order_by("-attempt_time").first()
    cool_off = get_cool_off(request) or datetime.timedelta(minutes=15)
    until = localtime((last.attempt_time if last else now()) + cool_off)
    form = SignInForm(request, initial={"username": username})
    error = {
        "field": "",
        "text": f"口令连续输错 {settings.AXES_FAILURE_LIMIT} 次，这个账号在这台电脑上暂停登录",
        "next": f"请在 {until:%H:%M} 以后再试；忘了口令请联系综合科重置。",
    }
    return render(
        request,
        "web/sign_in.html",
        {"form": form, "locked": True, "errors": [error], "people": demo_people()},
        status=429,
    )


class PasswordForm(PasswordChangeForm):
    """Old and new password, in the words of the house."""

    error_messages = PasswordChangeForm.error_messages | {
        "password_incorrect": "现在的口令不对，请重新输入。",
        "password_mismatch": "两次输入的新口令不一样。",
    }

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        for name, label in (
            ("old_password", "现在的口令"),
            ("new_password1", "新口令"),
            ("new_password2", "再输一次新口令"),
        ):
            self.fields[name].label = label
            self.fields[name].error_messages["required"] = f"请填写{label}"
        self.fields[
            "new_password1"
        ].help_text = "至少 8 位，含小写字母、大写字母、数字、其他符号中的至少三种。"
        self.fields["new_password2"].help_text = ""
        self.fields["old_password"].widget.attrs["autofocus"] = False

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        old, new = cleaned.get("old_password"), cleaned.get("new_password1")
        if old and new and old == new:
            self.add_error("new_password1", forms.ValidationError("新口令不能与现在的口令相同。"))
        return cleaned


class ChangePassword(PasswordChangeView):
    """Changes the password; the session goes on, and whoever had to change it may now work."""

    template_name = "web/password.html"
    form_class = PasswordForm
    success_url = reverse_lazy("home")

    def form_valid(self, form: Any) -> HttpResponse:
        form.user.must_change_password = False
        response = super().form_valid(form)
        messages.success(self.request, "口令已修改。")
        return response
