"""The tests mirror the code: tests/riskpoints/test_workflow.py covers riskpoints/workflow.py."""
