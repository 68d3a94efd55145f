"""Room indicator: 指标库（规程第38条）."""

from django.apps import AppConfig


class Indicator(AppConfig):
    name = "jiheng.indicator"
    label = "indicator"
    verbose_name = "指标库"
