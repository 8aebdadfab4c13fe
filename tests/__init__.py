"""The tests mirror the code: tests/riskpoints/tables/test_workflow.py covers riskpoints/tables/workflow.py."""
