"""How figures are shown: money in 万元 with two places, percentages, lights."""

from django import template

register = template.Library()
