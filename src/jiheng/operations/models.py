"""What the system itself did or met: backups, verifications, reminders, faults (运行记录)."""

from django.db import models

from jiheng.bureau.keys import new_key
from jiheng.bureau.models import Person, Zone


class Run(models.Model):
    """One line of the operations log (art. 40): something that is under way, was done, or went wrong.

    ``zone`` is empty where it concerns the whole installation. ``touched_at`` is renewed while it is under way, so
    that a process that died is noticed. ``details`` is what the kind of run keeps, e.g. a backup's hash. A line that
    is over is never changed and none is deleted: the database refuses it.
    """

    class Kind(models.TextChoices):
        BACKUP = "backup", "备份"
        TRIAL = "trial", "试恢复"
        RESTORE = "restore", "恢复"
        VERIFY = "verify", "核验办理记录"
        REMIND = "remind", "到期提醒"
        FAULT = "fault", "出错"
        UNLOCK = "unlock", "解除暂停登录"

    class State(models.TextChoices):
        RUNNING = "running", "正在进行"
        DONE = "done", "完成"
        FAILED = "failed", "没有完成"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, null=True, related_name="+", db_index=False)
    kind = models.CharField("做什么", max_length=12, choices=Kind.choices)
    state = models.CharField("情况", max_length=8, choices=State.choices, default=State.RUNNING)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    by = models.CharField("谁做的", max_length=60)
    told = models.TextField("结果", blank=True)
    done = models.PositiveIntegerField("已做", default=0)
    total = models.PositiveIntegerField("共", default=0)
    details = models.JSONField("明细", default=dict)
    began_at = models.DateTimeField("开始", auto_now_add=True)
    ended_at = models.DateTimeField("结束", null=True)
    touched_at = models.DateTimeField("最后动静", auto_now=True)

    class Meta:
        verbose_name = "运行记录"
        ordering = ["-began_at", "-id"]
        indexes = [
            models.Index(fields=["kind", "began_at"], name="run_kind"),
            models.Index(fields=["began_at"], name="run_began"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
