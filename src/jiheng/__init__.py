"""绩衡 Jiheng: a bureau's regulation on budget performance, running article by article."""
