"""Cases: holder, stages on evidence, assessment, plan, closing."""
