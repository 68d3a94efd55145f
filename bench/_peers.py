"""The same approval in the two peers: role check, guard, new state and audit row, in one transaction each.

The peers keep a record, its state and a log; they know no tasks, time limits or hash chain, and write none.
"""

from typing import Any

from django.db import connection, models, transaction
from django_fsm import FSMField, has_transition_perm, transition
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.specs.defaults import UserTask
from SpiffWorkflow.util.task import TaskState

from jiheng.bureau.keys import new_key
from jiheng.bureau.models import Person
from jiheng.bureau.scope import posts_of


def _may(subject: Any, by: Person) -> bool:
    return any(post.organization_id == subject.department_id for post in posts_of(by))


class Approval(models.Model):
    """A record whose state django-fsm-2 guards."""

    id = models.UUIDField(primary_key=True, default=new_key)
    state = FSMField(default="submitted", protected=True)
    department_id = models.UUIDField()
    indicators = models.PositiveIntegerField(default=10)
    title = models.CharField(max_length=200)
    moved_at = models.DateTimeField(auto_now=True)

    class Meta:
        app_label = "bench"

    def has_indicators(self) -> bool:
        return self.indicators > 0

    @transition(state, source="submitted", target="confirmed", permission=_may, conditions=[has_indicators])
    def confirm(self) -> None:
        """The department confirms."""


class Process(models.Model):
    """A SpiffWorkflow process as its serializer writes it."""

    id = models.UUIDField(primary_key=True, default=new_key)
    state = models.TextField()
    department_id = models.UUIDField()
    moved_at = models.DateTimeField(auto_now=True)

    class Meta:
        app_label = "bench"


class Log(models.Model):
    """The audit row of either peer."""

    id = models.UUIDField(primary_key=True, default=new_key)
    subject = models.UUIDField(db_index=True)
    step = models.CharField(max_length=40)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    person_name = models.CharField(max_length=60)
    from_state = models.CharField(max_length=24)
    to_state = models.CharField(max_length=24)
    opinion = models.TextField()
    given = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "bench"


def make_tables() -> None:
    with connection.schema_editor() as editor:
        for model in (Approval, Process, Log):
            editor.create_model(model)


def make_approvals(count: int, department_id: Any) -> list[Any]:
    rows = [Approval(department_id=department_id, title=f"校舍维修{n}") for n in range(count)]
    return [row.pk for row in Approval.objects.bulk_create(rows, batch_size=500)]


def confirm_with_fsm(key: Any, by: Person) -> None:
    with transaction.atomic():
        subject = Approval.objects.select_for_update().get(pk=key)
        if not has_transition_perm(subject.confirm, by):
            raise PermissionError
        before = subject.state
        subject.confirm()
        subject.save()
        _log(key, by, before, subject.state)


def _log(key: Any, by: Person, before: str, after: str) -> None:
    Log.objects.create(
        subject=key,
        step="confirm",
        person=by,
        person_name=by.name,
        from_state=before,
        to_state=after,
        opinion="同意",
    )


BPMN = b"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    targetNamespace="urn:bench" id="bench">
  <process id="approval" isExecutable="true">
    <startEvent id="start"><outgoing>f1</outgoing></startEvent>
    <sequenceFlow id="f1" sourceRef="start" targetRef="confirm"/>
    <userTask id="confirm" name="department"><incoming>f1</incoming><outgoing>f2</outgoing></userTask>
    <sequenceFlow id="f2" sourceRef="confirm" targetRef="guard"/>
    <exclusiveGateway id="guard" default="f4"><incoming>f2</incoming><outgoing>f3</outgoing><outgoing>f4</outgoing>
    </exclusiveGateway>
    <sequenceFlow id="f3" sourceRef="guard" targetRef="review">
      <conditionExpression xsi:type="tFormalExpression">indicators &gt; 0</conditionExpression>
    </sequenceFlow>
    <sequenceFlow id="f4" sourceRef="guard" targetRef="confirm"/>
    <userTask id="review" name="expenditure"><incoming>f3</incoming><outgoing>f5</outgoing></userTask>
    <sequenceFlow id="f5" sourceRef="review" targetRef="end"/>
    <endEvent id="end"><incoming>f5</incoming></endEvent>
  </process>
</definitions>"""
_serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure())


def make_processes(count: int, department_id: Any) -> list[Any]:
    parser = BpmnParser()
    parser.add_bpmn_str(BPMN)
    workflow = BpmnWorkflow(parser.get_spec("approval"))
    workflow.do_engine_steps()
    workflow.data["indicators"] = 10
    state = _serializer.serialize_json(workflow)
    rows = [Process(state=state, department_id=department_id) for _ in range(count)]
    return [row.pk for row in Process.objects.bulk_create(rows, batch_size=500)]


def confirm_with_spiff(key: Any, by: Person) -> None:
    with transaction.atomic():
        process = Process.objects.select_for_update().get(pk=key)
        if not _may(process, by):
            raise PermissionError
        workflow = _serializer.deserialize_json(process.state)
        (task,) = workflow.get_tasks(state=TaskState.READY, spec_class=UserTask)
        before = task.task_spec.name
        task.set_data(opinion="同意", indicators=10)
        task.run()
        workflow.do_engine_steps()
        (task,) = workflow.get_tasks(state=TaskState.READY, spec_class=UserTask)
        process.state = _serializer.serialize_json(workflow)
        process.save()
        _log(key, by, before, task.task_spec.name)
