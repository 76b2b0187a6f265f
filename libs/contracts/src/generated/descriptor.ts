// Generated from proto/carillon/v1/*.proto by tools/generate.ts. Do not edit.

export const descriptor: object = {
  "nested": {
    "carillon": {
      "nested": {
        "v1": {
          "edition": "proto3",
          "nested": {
            "ListDeadLettersRequest": {
              "oneofs": {
                "_after": {
                  "oneof": [
                    "after"
                  ]
                }
              },
              "fields": {
                "after": {
                  "type": "string",
                  "id": 1,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "limit": {
                  "type": "int32",
                  "id": 2
                }
              }
            },
            "ListDeadLettersResponse": {
              "fields": {
                "deadLetters": {
                  "rule": "repeated",
                  "type": "DeadLetter",
                  "id": 1,
                  "protoName": "dead_letters"
                }
              }
            },
            "DeadLetterRequest": {
              "fields": {
                "id": {
                  "type": "string",
                  "id": 1
                }
              }
            },
            "DeadLetter": {
              "oneofs": {
                "_offset": {
                  "oneof": [
                    "offset"
                  ]
                },
                "_value": {
                  "oneof": [
                    "value"
                  ]
                }
              },
              "fields": {
                "id": {
                  "type": "string",
                  "id": 1
                },
                "consumer": {
                  "type": "string",
                  "id": 2
                },
                "reason": {
                  "type": "string",
                  "id": 3
                },
                "failedAt": {
                  "type": "int64",
                  "id": 4,
                  "protoName": "failed_at"
                },
                "topic": {
                  "type": "string",
                  "id": 5
                },
                "partition": {
                  "type": "int32",
                  "id": 6
                },
                "offset": {
                  "type": "string",
                  "id": 7,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "source": {
                  "type": "string",
                  "id": 8
                },
                "sourcePosition": {
                  "type": "SourcePosition",
                  "id": 9,
                  "protoName": "source_position",
                  "options": {
                    "(carillon.v1.required)": true
                  }
                },
                "key": {
                  "type": "string",
                  "id": 10
                },
                "headers": {
                  "keyType": "string",
                  "type": "string",
                  "id": 11
                },
                "value": {
                  "type": "bytes",
                  "id": 12,
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "SourcePosition": {
              "fields": {
                "window": {
                  "type": "string",
                  "id": 1
                },
                "position": {
                  "type": "string",
                  "id": 2
                }
              }
            },
            "ReadPublishedRequest": {
              "oneofs": {
                "_after": {
                  "oneof": [
                    "after"
                  ]
                },
                "_maxBytes": {
                  "oneof": [
                    "maxBytes"
                  ]
                }
              },
              "fields": {
                "topic": {
                  "type": "string",
                  "id": 1
                },
                "partition": {
                  "type": "int32",
                  "id": 2
                },
                "partitions": {
                  "type": "int32",
                  "id": 3
                },
                "after": {
                  "type": "SourcePosition",
                  "id": 4,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "limit": {
                  "type": "int32",
                  "id": 5
                },
                "maxBytes": {
                  "type": "int32",
                  "id": 6,
                  "protoName": "max_bytes",
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "PublishedEvent": {
              "fields": {
                "key": {
                  "type": "string",
                  "id": 1
                },
                "sourcePosition": {
                  "type": "SourcePosition",
                  "id": 2,
                  "protoName": "source_position",
                  "options": {
                    "(carillon.v1.required)": true
                  }
                },
                "headers": {
                  "keyType": "string",
                  "type": "string",
                  "id": 3
                },
                "value": {
                  "type": "bytes",
                  "id": 4
                }
              }
            },
            "ReadPublishedResponse": {
              "oneofs": {
                "_more": {
                  "oneof": [
                    "more"
                  ]
                }
              },
              "fields": {
                "events": {
                  "rule": "repeated",
                  "type": "PublishedEvent",
                  "id": 1
                },
                "more": {
                  "type": "bool",
                  "id": 2,
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "JobDefined": {
              "options": {
                "(carillon.v1.topic)": "carillon.jobs"
              },
              "oneofs": {
                "_description": {
                  "oneof": [
                    "description"
                  ]
                }
              },
              "fields": {
                "jobId": {
                  "type": "string",
                  "id": 1,
                  "protoName": "job_id"
                },
                "uid": {
                  "type": "string",
                  "id": 2
                },
                "revision": {
                  "type": "int32",
                  "id": 3
                },
                "definedAt": {
                  "type": "int64",
                  "id": 4,
                  "protoName": "defined_at"
                },
                "description": {
                  "type": "string",
                  "id": 5,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "labels": {
                  "keyType": "string",
                  "type": "string",
                  "id": 6
                },
                "dependencies": {
                  "rule": "repeated",
                  "type": "Dependency",
                  "id": 7
                },
                "schedules": {
                  "rule": "repeated",
                  "type": "Schedule",
                  "id": 8
                },
                "cpus": {
                  "type": "double",
                  "id": 9
                },
                "mem": {
                  "type": "double",
                  "id": 10
                },
                "disk": {
                  "type": "double",
                  "id": 11
                },
                "gpus": {
                  "type": "int32",
                  "id": 12
                },
                "persistentVolumes": {
                  "rule": "repeated",
                  "type": "string",
                  "id": 13,
                  "protoName": "persistent_volumes"
                }
              }
            },
            "JobRemoved": {
              "options": {
                "(carillon.v1.topic)": "carillon.jobs"
              },
              "fields": {
                "jobId": {
                  "type": "string",
                  "id": 1,
                  "protoName": "job_id"
                },
                "uid": {
                  "type": "string",
                  "id": 2
                },
                "removedAt": {
                  "type": "int64",
                  "id": 3,
                  "protoName": "removed_at"
                }
              }
            },
            "JobPaused": {
              "options": {
                "(carillon.v1.topic)": "carillon.jobs"
              },
              "oneofs": {
                "_until": {
                  "oneof": [
                    "until"
                  ]
                },
                "_reason": {
                  "oneof": [
                    "reason"
                  ]
                }
              },
              "fields": {
                "jobId": {
                  "type": "string",
                  "id": 1,
                  "protoName": "job_id"
                },
                "uid": {
                  "type": "string",
                  "id": 2
                },
                "pausedAt": {
                  "type": "int64",
                  "id": 3,
                  "protoName": "paused_at"
                },
                "until": {
                  "type": "int64",
                  "id": 4,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "reason": {
                  "type": "string",
                  "id": 5,
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "JobResumed": {
              "options": {
                "(carillon.v1.topic)": "carillon.jobs"
              },
              "fields": {
                "jobId": {
                  "type": "string",
                  "id": 1,
                  "protoName": "job_id"
                },
                "uid": {
                  "type": "string",
                  "id": 2
                },
                "resumedAt": {
                  "type": "int64",
                  "id": 3,
                  "protoName": "resumed_at"
                }
              }
            },
            "RunDue": {
              "options": {
                "(carillon.v1.topic)": "carillon.triggers"
              },
              "oneofs": {
                "_workflowRunId": {
                  "oneof": [
                    "workflowRunId"
                  ]
                },
                "_backfillId": {
                  "oneof": [
                    "backfillId"
                  ]
                },
                "_concurrencyPolicy": {
                  "oneof": [
                    "concurrencyPolicy"
                  ]
                },
                "_startAt": {
                  "oneof": [
                    "startAt"
                  ]
                }
              },
              "fields": {
                "jobId": {
                  "type": "string",
                  "id": 1,
                  "protoName": "job_id"
                },
                "uid": {
                  "type": "string",
                  "id": 2
                },
                "revision": {
                  "type": "int32",
                  "id": 3
                },
                "runId": {
                  "type": "string",
                  "id": 4,
                  "protoName": "run_id"
                },
                "scheduleId": {
                  "type": "string",
                  "id": 5,
                  "protoName": "schedule_id"
                },
                "dueAt": {
                  "type": "int64",
                  "id": 6,
                  "protoName": "due_at"
                },
                "decidedAt": {
                  "type": "int64",
                  "id": 7,
                  "protoName": "decided_at"
                },
                "trigger": {
                  "type": "Trigger",
                  "id": 8
                },
                "workflowRunId": {
                  "type": "string",
                  "id": 9,
                  "protoName": "workflow_run_id",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "backfillId": {
                  "type": "string",
                  "id": 10,
                  "protoName": "backfill_id",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "concurrencyPolicy": {
                  "type": "ConcurrencyPolicy",
                  "id": 11,
                  "protoName": "concurrency_policy",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "startAt": {
                  "type": "int64",
                  "id": 12,
                  "protoName": "start_at",
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "DueInstantsMissed": {
              "options": {
                "(carillon.v1.topic)": "carillon.triggers"
              },
              "fields": {
                "jobId": {
                  "type": "string",
                  "id": 1,
                  "protoName": "job_id"
                },
                "uid": {
                  "type": "string",
                  "id": 2
                },
                "revision": {
                  "type": "int32",
                  "id": 3
                },
                "scheduleId": {
                  "type": "string",
                  "id": 4,
                  "protoName": "schedule_id"
                },
                "firstDueAt": {
                  "type": "int64",
                  "id": 5,
                  "protoName": "first_due_at"
                },
                "lastDueAt": {
                  "type": "int64",
                  "id": 6,
                  "protoName": "last_due_at"
                },
                "count": {
                  "type": "int32",
                  "id": 7
                },
                "reason": {
                  "type": "string",
                  "id": 8
                },
                "decidedAt": {
                  "type": "int64",
                  "id": 9,
                  "protoName": "decided_at"
                }
              }
            },
            "WorkflowRunStarted": {
              "options": {
                "(carillon.v1.topic)": "carillon.triggers"
              },
              "fields": {
                "jobId": {
                  "type": "string",
                  "id": 1,
                  "protoName": "job_id"
                },
                "uid": {
                  "type": "string",
                  "id": 2
                },
                "workflowRunId": {
                  "type": "string",
                  "id": 3,
                  "protoName": "workflow_run_id"
                },
                "runId": {
                  "type": "string",
                  "id": 4,
                  "protoName": "run_id"
                },
                "startedAt": {
                  "type": "int64",
                  "id": 5,
                  "protoName": "started_at"
                },
                "jobs": {
                  "rule": "repeated",
                  "type": "ConnectedJob",
                  "id": 6
                }
              }
            },
            "WorkflowRunEnded": {
              "options": {
                "(carillon.v1.topic)": "carillon.triggers"
              },
              "fields": {
                "jobId": {
                  "type": "string",
                  "id": 1,
                  "protoName": "job_id"
                },
                "uid": {
                  "type": "string",
                  "id": 2
                },
                "workflowRunId": {
                  "type": "string",
                  "id": 3,
                  "protoName": "workflow_run_id"
                },
                "endedAt": {
                  "type": "int64",
                  "id": 4,
                  "protoName": "ended_at"
                },
                "outcome": {
                  "type": "RunOutcome",
                  "id": 5
                },
                "notRun": {
                  "rule": "repeated",
                  "type": "JobNotRun",
                  "id": 6,
                  "protoName": "not_run"
                }
              }
            },
            "JobNotRun": {
              "fields": {
                "jobId": {
                  "type": "string",
                  "id": 1,
                  "protoName": "job_id"
                },
                "uid": {
                  "type": "string",
                  "id": 2
                },
                "reason": {
                  "type": "string",
                  "id": 3
                }
              }
            },
            "RunQueued": {
              "options": {
                "(carillon.v1.topic)": "carillon.runs"
              },
              "oneofs": {
                "_scheduleId": {
                  "oneof": [
                    "scheduleId"
                  ]
                },
                "_startDeadlineAt": {
                  "oneof": [
                    "startDeadlineAt"
                  ]
                },
                "_workflowRunId": {
                  "oneof": [
                    "workflowRunId"
                  ]
                },
                "_backfillId": {
                  "oneof": [
                    "backfillId"
                  ]
                },
                "_startAt": {
                  "oneof": [
                    "startAt"
                  ]
                }
              },
              "fields": {
                "jobId": {
                  "type": "string",
                  "id": 1,
                  "protoName": "job_id"
                },
                "uid": {
                  "type": "string",
                  "id": 2
                },
                "revision": {
                  "type": "int32",
                  "id": 3
                },
                "runId": {
                  "type": "string",
                  "id": 4,
                  "protoName": "run_id"
                },
                "trigger": {
                  "type": "Trigger",
                  "id": 5
                },
                "scheduleId": {
                  "type": "string",
                  "id": 6,
                  "protoName": "schedule_id",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "dueAt": {
                  "type": "int64",
                  "id": 7,
                  "protoName": "due_at"
                },
                "queuedAt": {
                  "type": "int64",
                  "id": 8,
                  "protoName": "queued_at"
                },
                "startDeadlineAt": {
                  "type": "int64",
                  "id": 9,
                  "protoName": "start_deadline_at",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "workflowRunId": {
                  "type": "string",
                  "id": 10,
                  "protoName": "workflow_run_id",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "backfillId": {
                  "type": "string",
                  "id": 11,
                  "protoName": "backfill_id",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "startAt": {
                  "type": "int64",
                  "id": 12,
                  "protoName": "start_at",
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "RunSkipped": {
              "options": {
                "(carillon.v1.topic)": "carillon.runs"
              },
              "oneofs": {
                "_scheduleId": {
                  "oneof": [
                    "scheduleId"
                  ]
                },
                "_workflowRunId": {
                  "oneof": [
                    "workflowRunId"
                  ]
                },
                "_backfillId": {
                  "oneof": [
                    "backfillId"
                  ]
                }
              },
              "fields": {
                "jobId": {
                  "type": "string",
                  "id": 1,
                  "protoName": "job_id"
                },
                "uid": {
                  "type": "string",
                  "id": 2
                },
                "revision": {
                  "type": "int32",
                  "id": 3
                },
                "runId": {
                  "type": "string",
                  "id": 4,
                  "protoName": "run_id"
                },
                "trigger": {
                  "type": "Trigger",
                  "id": 5
                },
                "scheduleId": {
                  "type": "string",
                  "id": 6,
                  "protoName": "schedule_id",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "dueAt": {
                  "type": "int64",
                  "id": 7,
                  "protoName": "due_at"
                },
                "skippedAt": {
                  "type": "int64",
                  "id": 8,
                  "protoName": "skipped_at"
                },
                "reason": {
                  "type": "string",
                  "id": 9
                },
                "workflowRunId": {
                  "type": "string",
                  "id": 10,
                  "protoName": "workflow_run_id",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "backfillId": {
                  "type": "string",
                  "id": 11,
                  "protoName": "backfill_id",
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "AttemptLaunched": {
              "options": {
                "(carillon.v1.topic)": "carillon.runs"
              },
              "fields": {
                "jobId": {
                  "type": "string",
                  "id": 1,
                  "protoName": "job_id"
                },
                "uid": {
                  "type": "string",
                  "id": 2
                },
                "runId": {
                  "type": "string",
                  "id": 3,
                  "protoName": "run_id"
                },
                "attempt": {
                  "type": "int32",
                  "id": 4
                },
                "taskId": {
                  "type": "string",
                  "id": 5,
                  "protoName": "task_id"
                },
                "agentId": {
                  "type": "string",
                  "id": 6,
                  "protoName": "agent_id"
                },
                "hostname": {
                  "type": "string",
                  "id": 7
                },
                "launchedAt": {
                  "type": "int64",
                  "id": 8,
                  "protoName": "launched_at"
                }
              }
            },
            "AttemptStarted": {
              "options": {
                "(carillon.v1.topic)": "carillon.runs"
              },
              "oneofs": {
                "_sandbox": {
                  "oneof": [
                    "sandbox"
                  ]
                }
              },
              "fields": {
                "jobId": {
                  "type": "string",
                  "id": 1,
                  "protoName": "job_id"
                },
                "uid": {
                  "type": "string",
                  "id": 2
                },
                "runId": {
                  "type": "string",
                  "id": 3,
                  "protoName": "run_id"
                },
                "attempt": {
                  "type": "int32",
                  "id": 4
                },
                "taskId": {
                  "type": "string",
                  "id": 5,
                  "protoName": "task_id"
                },
                "startedAt": {
                  "type": "int64",
                  "id": 6,
                  "protoName": "started_at"
                },
                "sandbox": {
                  "type": "string",
                  "id": 7,
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "AttemptEnded": {
              "options": {
                "(carillon.v1.topic)": "carillon.runs"
              },
              "oneofs": {
                "_reason": {
                  "oneof": [
                    "reason"
                  ]
                },
                "_message": {
                  "oneof": [
                    "message"
                  ]
                },
                "_exitCode": {
                  "oneof": [
                    "exitCode"
                  ]
                }
              },
              "fields": {
                "jobId": {
                  "type": "string",
                  "id": 1,
                  "protoName": "job_id"
                },
                "uid": {
                  "type": "string",
                  "id": 2
                },
                "runId": {
                  "type": "string",
                  "id": 3,
                  "protoName": "run_id"
                },
                "attempt": {
                  "type": "int32",
                  "id": 4
                },
                "taskId": {
                  "type": "string",
                  "id": 5,
                  "protoName": "task_id"
                },
                "state": {
                  "type": "string",
                  "id": 6
                },
                "reason": {
                  "type": "string",
                  "id": 7,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "message": {
                  "type": "string",
                  "id": 8,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "exitCode": {
                  "type": "int32",
                  "id": 9,
                  "protoName": "exit_code",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "endedAt": {
                  "type": "int64",
                  "id": 10,
                  "protoName": "ended_at"
                }
              }
            },
            "RunStopRequested": {
              "options": {
                "(carillon.v1.topic)": "carillon.runs"
              },
              "fields": {
                "jobId": {
                  "type": "string",
                  "id": 1,
                  "protoName": "job_id"
                },
                "uid": {
                  "type": "string",
                  "id": 2
                },
                "runId": {
                  "type": "string",
                  "id": 3,
                  "protoName": "run_id"
                },
                "requestedAt": {
                  "type": "int64",
                  "id": 4,
                  "protoName": "requested_at"
                }
              }
            },
            "RunEnded": {
              "options": {
                "(carillon.v1.topic)": "carillon.runs"
              },
              "oneofs": {
                "_reason": {
                  "oneof": [
                    "reason"
                  ]
                },
                "_exitCode": {
                  "oneof": [
                    "exitCode"
                  ]
                },
                "_workflowRunId": {
                  "oneof": [
                    "workflowRunId"
                  ]
                },
                "_backfillId": {
                  "oneof": [
                    "backfillId"
                  ]
                }
              },
              "fields": {
                "jobId": {
                  "type": "string",
                  "id": 1,
                  "protoName": "job_id"
                },
                "uid": {
                  "type": "string",
                  "id": 2
                },
                "runId": {
                  "type": "string",
                  "id": 3,
                  "protoName": "run_id"
                },
                "outcome": {
                  "type": "RunOutcome",
                  "id": 4
                },
                "endedAt": {
                  "type": "int64",
                  "id": 5,
                  "protoName": "ended_at"
                },
                "reason": {
                  "type": "string",
                  "id": 6,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "exitCode": {
                  "type": "int32",
                  "id": 7,
                  "protoName": "exit_code",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "workflowRunId": {
                  "type": "string",
                  "id": 8,
                  "protoName": "workflow_run_id",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "backfillId": {
                  "type": "string",
                  "id": 9,
                  "protoName": "backfill_id",
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "JobSpec": {
              "oneofs": {
                "_description": {
                  "oneof": [
                    "description"
                  ]
                }
              },
              "fields": {
                "id": {
                  "type": "string",
                  "id": 1
                },
                "description": {
                  "type": "string",
                  "id": 2,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "dependencies": {
                  "rule": "repeated",
                  "type": "Dependency",
                  "id": 3
                },
                "labels": {
                  "keyType": "string",
                  "type": "string",
                  "id": 4
                },
                "schedules": {
                  "rule": "repeated",
                  "type": "Schedule",
                  "id": 5
                },
                "run": {
                  "type": "RunSpec",
                  "id": 6,
                  "options": {
                    "(carillon.v1.required)": true
                  }
                }
              }
            },
            "Dependency": {
              "fields": {
                "id": {
                  "type": "string",
                  "id": 1
                }
              }
            },
            "ConnectedJob": {
              "fields": {
                "jobId": {
                  "type": "string",
                  "id": 1,
                  "protoName": "job_id"
                },
                "uid": {
                  "type": "string",
                  "id": 2
                },
                "revision": {
                  "type": "int32",
                  "id": 3
                },
                "parents": {
                  "rule": "repeated",
                  "type": "string",
                  "id": 4
                }
              }
            },
            "CatchUp": {
              "oneofs": {
                "_limit": {
                  "oneof": [
                    "limit"
                  ]
                }
              },
              "fields": {
                "policy": {
                  "type": "CatchUpPolicy",
                  "id": 1
                },
                "limit": {
                  "type": "int32",
                  "id": 2,
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "Schedule": {
              "oneofs": {
                "_interval": {
                  "oneof": [
                    "interval"
                  ]
                },
                "_rrule": {
                  "oneof": [
                    "rrule"
                  ]
                },
                "_at": {
                  "oneof": [
                    "at"
                  ]
                },
                "_queueLimit": {
                  "oneof": [
                    "queueLimit"
                  ]
                },
                "_catchUp": {
                  "oneof": [
                    "catchUp"
                  ]
                },
                "_from": {
                  "oneof": [
                    "from"
                  ]
                },
                "_until": {
                  "oneof": [
                    "until"
                  ]
                },
                "_maxRuns": {
                  "oneof": [
                    "maxRuns"
                  ]
                },
                "_jitterSeconds": {
                  "oneof": [
                    "jitterSeconds"
                  ]
                },
                "_excludedCalendar": {
                  "oneof": [
                    "excludedCalendar"
                  ]
                }
              },
              "fields": {
                "id": {
                  "type": "string",
                  "id": 1
                },
                "cron": {
                  "type": "string",
                  "id": 2
                },
                "timezone": {
                  "type": "string",
                  "id": 3
                },
                "startingDeadlineSeconds": {
                  "type": "int32",
                  "id": 4,
                  "protoName": "starting_deadline_seconds"
                },
                "concurrencyPolicy": {
                  "type": "ConcurrencyPolicy",
                  "id": 5,
                  "protoName": "concurrency_policy"
                },
                "enabled": {
                  "type": "bool",
                  "id": 6
                },
                "interval": {
                  "type": "string",
                  "id": 7,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "rrule": {
                  "type": "string",
                  "id": 8,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "at": {
                  "type": "int64",
                  "id": 9,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "queueLimit": {
                  "type": "int32",
                  "id": 10,
                  "protoName": "queue_limit",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "catchUp": {
                  "type": "CatchUp",
                  "id": 11,
                  "protoName": "catch_up",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "from": {
                  "type": "int64",
                  "id": 12,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "until": {
                  "type": "int64",
                  "id": 13,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "maxRuns": {
                  "type": "int32",
                  "id": 14,
                  "protoName": "max_runs",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "jitterSeconds": {
                  "type": "int32",
                  "id": 15,
                  "protoName": "jitter_seconds",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "excludedCalendar": {
                  "type": "string",
                  "id": 16,
                  "protoName": "excluded_calendar",
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "RunSpec": {
              "oneofs": {
                "_cmd": {
                  "oneof": [
                    "cmd"
                  ]
                },
                "_user": {
                  "oneof": [
                    "user"
                  ]
                },
                "_docker": {
                  "oneof": [
                    "docker"
                  ]
                },
                "_ucr": {
                  "oneof": [
                    "ucr"
                  ]
                },
                "_taskKillGracePeriodSeconds": {
                  "oneof": [
                    "taskKillGracePeriodSeconds"
                  ]
                },
                "_retry": {
                  "oneof": [
                    "retry"
                  ]
                },
                "_timeoutSeconds": {
                  "oneof": [
                    "timeoutSeconds"
                  ]
                },
                "_priority": {
                  "oneof": [
                    "priority"
                  ]
                },
                "_ports": {
                  "oneof": [
                    "ports"
                  ]
                },
                "_limits": {
                  "oneof": [
                    "limits"
                  ]
                },
                "_healthCheck": {
                  "oneof": [
                    "healthCheck"
                  ]
                }
              },
              "fields": {
                "cpus": {
                  "type": "double",
                  "id": 1
                },
                "mem": {
                  "type": "double",
                  "id": 2
                },
                "disk": {
                  "type": "double",
                  "id": 3
                },
                "gpus": {
                  "type": "int32",
                  "id": 4
                },
                "cmd": {
                  "type": "string",
                  "id": 5,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "args": {
                  "rule": "repeated",
                  "type": "string",
                  "id": 6
                },
                "user": {
                  "type": "string",
                  "id": 7,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "env": {
                  "keyType": "string",
                  "type": "EnvValue",
                  "id": 8
                },
                "placement": {
                  "type": "Placement",
                  "id": 9,
                  "options": {
                    "(carillon.v1.required)": true
                  }
                },
                "artifacts": {
                  "rule": "repeated",
                  "type": "Artifact",
                  "id": 10
                },
                "maxLaunchDelay": {
                  "type": "int32",
                  "id": 11,
                  "protoName": "max_launch_delay"
                },
                "docker": {
                  "type": "Docker",
                  "id": 12,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "ucr": {
                  "type": "Ucr",
                  "id": 13,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "volumes": {
                  "rule": "repeated",
                  "type": "Volume",
                  "id": 14
                },
                "restart": {
                  "type": "Restart",
                  "id": 15,
                  "options": {
                    "(carillon.v1.required)": true
                  }
                },
                "taskKillGracePeriodSeconds": {
                  "type": "double",
                  "id": 16,
                  "protoName": "task_kill_grace_period_seconds",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "secrets": {
                  "keyType": "string",
                  "type": "Secret",
                  "id": 17
                },
                "networks": {
                  "rule": "repeated",
                  "type": "Network",
                  "id": 18
                },
                "retry": {
                  "type": "Retry",
                  "id": 19,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "timeoutSeconds": {
                  "type": "int32",
                  "id": 20,
                  "protoName": "timeout_seconds",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "priority": {
                  "type": "int32",
                  "id": 21,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "parameters": {
                  "rule": "repeated",
                  "type": "RunParameter",
                  "id": 22
                },
                "ports": {
                  "type": "int32",
                  "id": 23,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "limits": {
                  "type": "Limits",
                  "id": 24,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "healthCheck": {
                  "type": "HealthCheck",
                  "id": 25,
                  "protoName": "health_check",
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "Retry": {
              "oneofs": {
                "_maxDelaySeconds": {
                  "oneof": [
                    "maxDelaySeconds"
                  ]
                }
              },
              "fields": {
                "limit": {
                  "type": "int32",
                  "id": 1
                },
                "delaySeconds": {
                  "type": "double",
                  "id": 2,
                  "protoName": "delay_seconds"
                },
                "backoffFactor": {
                  "type": "double",
                  "id": 3,
                  "protoName": "backoff_factor"
                },
                "maxDelaySeconds": {
                  "type": "double",
                  "id": 4,
                  "protoName": "max_delay_seconds",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "jitter": {
                  "type": "double",
                  "id": 5
                },
                "on": {
                  "rule": "repeated",
                  "type": "string",
                  "id": 6
                }
              }
            },
            "RunParameter": {
              "oneofs": {
                "_default": {
                  "oneof": [
                    "default"
                  ]
                },
                "_description": {
                  "oneof": [
                    "description"
                  ]
                }
              },
              "fields": {
                "name": {
                  "type": "string",
                  "id": 1
                },
                "type": {
                  "type": "ParameterType",
                  "id": 2
                },
                "default": {
                  "type": "string",
                  "id": 3,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "choices": {
                  "rule": "repeated",
                  "type": "string",
                  "id": 4
                },
                "description": {
                  "type": "string",
                  "id": 5,
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "EnvValue": {
              "oneofs": {
                "_value": {
                  "oneof": [
                    "value"
                  ]
                },
                "_secret": {
                  "oneof": [
                    "secret"
                  ]
                }
              },
              "fields": {
                "value": {
                  "type": "string",
                  "id": 1,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "secret": {
                  "type": "string",
                  "id": 2,
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "Secret": {
              "fields": {
                "source": {
                  "type": "string",
                  "id": 1
                }
              }
            },
            "Placement": {
              "fields": {
                "constraints": {
                  "rule": "repeated",
                  "type": "Constraint",
                  "id": 1
                }
              }
            },
            "Constraint": {
              "oneofs": {
                "_value": {
                  "oneof": [
                    "value"
                  ]
                }
              },
              "fields": {
                "attribute": {
                  "type": "string",
                  "id": 1
                },
                "operator": {
                  "type": "ConstraintOperator",
                  "id": 2
                },
                "value": {
                  "type": "string",
                  "id": 3,
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "Artifact": {
              "fields": {
                "uri": {
                  "type": "string",
                  "id": 1
                },
                "extract": {
                  "type": "bool",
                  "id": 2
                },
                "executable": {
                  "type": "bool",
                  "id": 3
                },
                "cache": {
                  "type": "bool",
                  "id": 4
                }
              }
            },
            "Docker": {
              "fields": {
                "image": {
                  "type": "string",
                  "id": 1
                },
                "forcePullImage": {
                  "type": "bool",
                  "id": 2,
                  "protoName": "force_pull_image"
                },
                "privileged": {
                  "type": "bool",
                  "id": 3
                },
                "parameters": {
                  "rule": "repeated",
                  "type": "Parameter",
                  "id": 4
                }
              }
            },
            "Parameter": {
              "fields": {
                "key": {
                  "type": "string",
                  "id": 1
                },
                "value": {
                  "type": "string",
                  "id": 2
                }
              }
            },
            "Ucr": {
              "fields": {
                "image": {
                  "type": "UcrImage",
                  "id": 1,
                  "options": {
                    "(carillon.v1.required)": true
                  }
                },
                "privileged": {
                  "type": "bool",
                  "id": 2
                }
              }
            },
            "UcrImage": {
              "fields": {
                "id": {
                  "type": "string",
                  "id": 1
                },
                "kind": {
                  "type": "string",
                  "id": 2
                },
                "forcePull": {
                  "type": "bool",
                  "id": 3,
                  "protoName": "force_pull"
                }
              }
            },
            "Limits": {
              "oneofs": {
                "_cpus": {
                  "oneof": [
                    "cpus"
                  ]
                },
                "_mem": {
                  "oneof": [
                    "mem"
                  ]
                }
              },
              "fields": {
                "cpus": {
                  "type": "double",
                  "id": 1,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "mem": {
                  "type": "double",
                  "id": 2,
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "HealthCheck": {
              "oneofs": {
                "_delaySeconds": {
                  "oneof": [
                    "delaySeconds"
                  ]
                },
                "_intervalSeconds": {
                  "oneof": [
                    "intervalSeconds"
                  ]
                },
                "_timeoutSeconds": {
                  "oneof": [
                    "timeoutSeconds"
                  ]
                },
                "_gracePeriodSeconds": {
                  "oneof": [
                    "gracePeriodSeconds"
                  ]
                },
                "_consecutiveFailures": {
                  "oneof": [
                    "consecutiveFailures"
                  ]
                }
              },
              "fields": {
                "cmd": {
                  "type": "string",
                  "id": 1
                },
                "delaySeconds": {
                  "type": "double",
                  "id": 2,
                  "protoName": "delay_seconds",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "intervalSeconds": {
                  "type": "double",
                  "id": 3,
                  "protoName": "interval_seconds",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "timeoutSeconds": {
                  "type": "double",
                  "id": 4,
                  "protoName": "timeout_seconds",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "gracePeriodSeconds": {
                  "type": "double",
                  "id": 5,
                  "protoName": "grace_period_seconds",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "consecutiveFailures": {
                  "type": "int32",
                  "id": 6,
                  "protoName": "consecutive_failures",
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "ExternalVolume": {
              "fields": {
                "name": {
                  "type": "string",
                  "id": 1
                },
                "driver": {
                  "type": "string",
                  "id": 2
                },
                "options": {
                  "keyType": "string",
                  "type": "string",
                  "id": 3
                }
              }
            },
            "PersistentVolume": {
              "fields": {
                "size": {
                  "type": "int32",
                  "id": 1
                }
              }
            },
            "Volume": {
              "oneofs": {
                "_hostPath": {
                  "oneof": [
                    "hostPath"
                  ]
                },
                "_mode": {
                  "oneof": [
                    "mode"
                  ]
                },
                "_secret": {
                  "oneof": [
                    "secret"
                  ]
                },
                "_external": {
                  "oneof": [
                    "external"
                  ]
                },
                "_persistent": {
                  "oneof": [
                    "persistent"
                  ]
                }
              },
              "fields": {
                "containerPath": {
                  "type": "string",
                  "id": 1,
                  "protoName": "container_path"
                },
                "hostPath": {
                  "type": "string",
                  "id": 2,
                  "protoName": "host_path",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "mode": {
                  "type": "string",
                  "id": 3,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "secret": {
                  "type": "string",
                  "id": 4,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "external": {
                  "type": "ExternalVolume",
                  "id": 5,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "persistent": {
                  "type": "PersistentVolume",
                  "id": 6,
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "Restart": {
              "oneofs": {
                "_activeDeadlineSeconds": {
                  "oneof": [
                    "activeDeadlineSeconds"
                  ]
                }
              },
              "fields": {
                "policy": {
                  "type": "RestartPolicy",
                  "id": 1
                },
                "activeDeadlineSeconds": {
                  "type": "int32",
                  "id": 2,
                  "protoName": "active_deadline_seconds",
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "Network": {
              "oneofs": {
                "_name": {
                  "oneof": [
                    "name"
                  ]
                }
              },
              "fields": {
                "mode": {
                  "type": "string",
                  "id": 1
                },
                "name": {
                  "type": "string",
                  "id": 2,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "labels": {
                  "keyType": "string",
                  "type": "string",
                  "id": 3
                }
              }
            },
            "ListEndedRunsRequest": {
              "oneofs": {
                "_outcome": {
                  "oneof": [
                    "outcome"
                  ]
                }
              },
              "fields": {
                "uid": {
                  "type": "string",
                  "id": 1
                },
                "limit": {
                  "type": "int32",
                  "id": 2
                },
                "outcome": {
                  "type": "RunOutcome",
                  "id": 3,
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "ListEndedRunsResponse": {
              "fields": {
                "runs": {
                  "rule": "repeated",
                  "type": "Run",
                  "id": 1
                }
              }
            },
            "FindRunsRequest": {
              "oneofs": {
                "_before": {
                  "oneof": [
                    "before"
                  ]
                },
                "_uid": {
                  "oneof": [
                    "uid"
                  ]
                },
                "_jobPrefix": {
                  "oneof": [
                    "jobPrefix"
                  ]
                },
                "_from": {
                  "oneof": [
                    "from"
                  ]
                },
                "_until": {
                  "oneof": [
                    "until"
                  ]
                },
                "_agent": {
                  "oneof": [
                    "agent"
                  ]
                },
                "_exitCode": {
                  "oneof": [
                    "exitCode"
                  ]
                },
                "_trigger": {
                  "oneof": [
                    "trigger"
                  ]
                },
                "_outcome": {
                  "oneof": [
                    "outcome"
                  ]
                }
              },
              "fields": {
                "limit": {
                  "type": "int32",
                  "id": 1
                },
                "before": {
                  "type": "RunPlace",
                  "id": 2,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "uid": {
                  "type": "string",
                  "id": 3,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "jobPrefix": {
                  "type": "string",
                  "id": 4,
                  "protoName": "job_prefix",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "labels": {
                  "keyType": "string",
                  "type": "string",
                  "id": 5
                },
                "from": {
                  "type": "int64",
                  "id": 6,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "until": {
                  "type": "int64",
                  "id": 7,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "agent": {
                  "type": "string",
                  "id": 8,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "exitCode": {
                  "type": "int32",
                  "id": 9,
                  "protoName": "exit_code",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "trigger": {
                  "type": "Trigger",
                  "id": 10,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "outcome": {
                  "type": "RunOutcome",
                  "id": 11,
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "FindRunsResponse": {
              "oneofs": {
                "_next": {
                  "oneof": [
                    "next"
                  ]
                }
              },
              "fields": {
                "runs": {
                  "rule": "repeated",
                  "type": "Run",
                  "id": 1
                },
                "next": {
                  "type": "RunPlace",
                  "id": 2,
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "ListRecentRunsRequest": {
              "fields": {
                "uids": {
                  "rule": "repeated",
                  "type": "string",
                  "id": 1
                },
                "limit": {
                  "type": "int32",
                  "id": 2
                }
              }
            },
            "ListRecentRunsResponse": {
              "fields": {
                "runs": {
                  "rule": "repeated",
                  "type": "Run",
                  "id": 1
                }
              }
            },
            "GetSummariesRequest": {
              "fields": {
                "uids": {
                  "rule": "repeated",
                  "type": "string",
                  "id": 1
                }
              }
            },
            "Summary": {
              "oneofs": {
                "_lastSuccessAt": {
                  "oneof": [
                    "lastSuccessAt"
                  ]
                },
                "_lastFailureAt": {
                  "oneof": [
                    "lastFailureAt"
                  ]
                }
              },
              "fields": {
                "uid": {
                  "type": "string",
                  "id": 1
                },
                "successCount": {
                  "type": "int64",
                  "id": 2,
                  "protoName": "success_count"
                },
                "failureCount": {
                  "type": "int64",
                  "id": 3,
                  "protoName": "failure_count"
                },
                "lastSuccessAt": {
                  "type": "int64",
                  "id": 4,
                  "protoName": "last_success_at",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "lastFailureAt": {
                  "type": "int64",
                  "id": 5,
                  "protoName": "last_failure_at",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "skippedCount": {
                  "type": "int64",
                  "id": 6,
                  "protoName": "skipped_count"
                },
                "missedCount": {
                  "type": "int64",
                  "id": 7,
                  "protoName": "missed_count"
                }
              }
            },
            "GetSummariesResponse": {
              "fields": {
                "summaries": {
                  "rule": "repeated",
                  "type": "Summary",
                  "id": 1
                }
              }
            },
            "RunKey": {
              "fields": {
                "uid": {
                  "type": "string",
                  "id": 1
                },
                "runId": {
                  "type": "string",
                  "id": 2,
                  "protoName": "run_id"
                }
              }
            },
            "HaveRunsRequest": {
              "fields": {
                "runs": {
                  "rule": "repeated",
                  "type": "RunKey",
                  "id": 1
                }
              }
            },
            "HaveRunsResponse": {
              "fields": {
                "runs": {
                  "rule": "repeated",
                  "type": "RunKey",
                  "id": 1
                }
              }
            },
            "GetSkipsRequest": {
              "fields": {
                "runs": {
                  "rule": "repeated",
                  "type": "RunKey",
                  "id": 1
                }
              }
            },
            "Skip": {
              "fields": {
                "uid": {
                  "type": "string",
                  "id": 1
                },
                "runId": {
                  "type": "string",
                  "id": 2,
                  "protoName": "run_id"
                },
                "reason": {
                  "type": "string",
                  "id": 3
                }
              }
            },
            "GetSkipsResponse": {
              "fields": {
                "skips": {
                  "rule": "repeated",
                  "type": "Skip",
                  "id": 1
                }
              }
            },
            "ListEventsRequest": {
              "oneofs": {
                "_jobId": {
                  "oneof": [
                    "jobId"
                  ]
                },
                "_runId": {
                  "oneof": [
                    "runId"
                  ]
                }
              },
              "fields": {
                "after": {
                  "type": "int64",
                  "id": 1
                },
                "limit": {
                  "type": "int32",
                  "id": 2
                },
                "jobId": {
                  "type": "string",
                  "id": 3,
                  "protoName": "job_id",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "runId": {
                  "type": "string",
                  "id": 4,
                  "protoName": "run_id",
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "RecordedEvent": {
              "fields": {
                "position": {
                  "type": "int64",
                  "id": 1
                },
                "type": {
                  "type": "string",
                  "id": 2
                },
                "eventId": {
                  "type": "string",
                  "id": 3,
                  "protoName": "event_id"
                },
                "jobId": {
                  "type": "string",
                  "id": 4,
                  "protoName": "job_id"
                },
                "time": {
                  "type": "int64",
                  "id": 5
                },
                "dataJson": {
                  "type": "string",
                  "id": 6,
                  "protoName": "data_json"
                }
              }
            },
            "ListEventsResponse": {
              "oneofs": {
                "_end": {
                  "oneof": [
                    "end"
                  ]
                }
              },
              "fields": {
                "events": {
                  "rule": "repeated",
                  "type": "RecordedEvent",
                  "id": 1
                },
                "end": {
                  "type": "int64",
                  "id": 2,
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "Run": {
              "oneofs": {
                "_scheduleId": {
                  "oneof": [
                    "scheduleId"
                  ]
                },
                "_outcome": {
                  "oneof": [
                    "outcome"
                  ]
                },
                "_endedAt": {
                  "oneof": [
                    "endedAt"
                  ]
                },
                "_reason": {
                  "oneof": [
                    "reason"
                  ]
                },
                "_workflowRunId": {
                  "oneof": [
                    "workflowRunId"
                  ]
                },
                "_backfillId": {
                  "oneof": [
                    "backfillId"
                  ]
                },
                "_overrides": {
                  "oneof": [
                    "overrides"
                  ]
                }
              },
              "fields": {
                "jobId": {
                  "type": "string",
                  "id": 1,
                  "protoName": "job_id"
                },
                "uid": {
                  "type": "string",
                  "id": 2
                },
                "revision": {
                  "type": "int32",
                  "id": 3
                },
                "runId": {
                  "type": "string",
                  "id": 4,
                  "protoName": "run_id"
                },
                "trigger": {
                  "type": "Trigger",
                  "id": 5
                },
                "scheduleId": {
                  "type": "string",
                  "id": 6,
                  "protoName": "schedule_id",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "dueAt": {
                  "type": "int64",
                  "id": 7,
                  "protoName": "due_at"
                },
                "queuedAt": {
                  "type": "int64",
                  "id": 8,
                  "protoName": "queued_at"
                },
                "status": {
                  "type": "RunStatus",
                  "id": 9
                },
                "outcome": {
                  "type": "RunOutcome",
                  "id": 10,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "endedAt": {
                  "type": "int64",
                  "id": 11,
                  "protoName": "ended_at",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "reason": {
                  "type": "string",
                  "id": 12,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "attempts": {
                  "rule": "repeated",
                  "type": "Attempt",
                  "id": 13
                },
                "stopRequested": {
                  "type": "bool",
                  "id": 14,
                  "protoName": "stop_requested"
                },
                "workflowRunId": {
                  "type": "string",
                  "id": 15,
                  "protoName": "workflow_run_id",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "backfillId": {
                  "type": "string",
                  "id": 16,
                  "protoName": "backfill_id",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "overrides": {
                  "type": "RunOverrides",
                  "id": 17,
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "RunOverrides": {
              "oneofs": {
                "_cmd": {
                  "oneof": [
                    "cmd"
                  ]
                },
                "_cpus": {
                  "oneof": [
                    "cpus"
                  ]
                },
                "_mem": {
                  "oneof": [
                    "mem"
                  ]
                },
                "_disk": {
                  "oneof": [
                    "disk"
                  ]
                },
                "_gpus": {
                  "oneof": [
                    "gpus"
                  ]
                }
              },
              "fields": {
                "cmd": {
                  "type": "string",
                  "id": 1,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "args": {
                  "rule": "repeated",
                  "type": "string",
                  "id": 2
                },
                "env": {
                  "keyType": "string",
                  "type": "string",
                  "id": 3
                },
                "cpus": {
                  "type": "double",
                  "id": 4,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "mem": {
                  "type": "double",
                  "id": 5,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "disk": {
                  "type": "double",
                  "id": 6,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "gpus": {
                  "type": "int32",
                  "id": 7,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "constraints": {
                  "rule": "repeated",
                  "type": "Constraint",
                  "id": 8
                }
              }
            },
            "Attempt": {
              "oneofs": {
                "_startedAt": {
                  "oneof": [
                    "startedAt"
                  ]
                },
                "_endedAt": {
                  "oneof": [
                    "endedAt"
                  ]
                },
                "_exitCode": {
                  "oneof": [
                    "exitCode"
                  ]
                },
                "_reason": {
                  "oneof": [
                    "reason"
                  ]
                },
                "_message": {
                  "oneof": [
                    "message"
                  ]
                },
                "_sandbox": {
                  "oneof": [
                    "sandbox"
                  ]
                }
              },
              "fields": {
                "attempt": {
                  "type": "int32",
                  "id": 1
                },
                "taskId": {
                  "type": "string",
                  "id": 2,
                  "protoName": "task_id"
                },
                "agentId": {
                  "type": "string",
                  "id": 3,
                  "protoName": "agent_id"
                },
                "hostname": {
                  "type": "string",
                  "id": 4
                },
                "state": {
                  "type": "string",
                  "id": 5
                },
                "launchedAt": {
                  "type": "int64",
                  "id": 6,
                  "protoName": "launched_at"
                },
                "startedAt": {
                  "type": "int64",
                  "id": 7,
                  "protoName": "started_at",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "endedAt": {
                  "type": "int64",
                  "id": 8,
                  "protoName": "ended_at",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "exitCode": {
                  "type": "int32",
                  "id": 9,
                  "protoName": "exit_code",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "reason": {
                  "type": "string",
                  "id": 10,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "message": {
                  "type": "string",
                  "id": 11,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "sandbox": {
                  "type": "string",
                  "id": 12,
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "StartRunRequest": {
              "oneofs": {
                "_idempotencyKey": {
                  "oneof": [
                    "idempotencyKey"
                  ]
                },
                "_runId": {
                  "oneof": [
                    "runId"
                  ]
                },
                "_overrides": {
                  "oneof": [
                    "overrides"
                  ]
                },
                "_concurrencyPolicy": {
                  "oneof": [
                    "concurrencyPolicy"
                  ]
                }
              },
              "fields": {
                "jobId": {
                  "type": "string",
                  "id": 1,
                  "protoName": "job_id"
                },
                "uid": {
                  "type": "string",
                  "id": 2
                },
                "revision": {
                  "type": "int32",
                  "id": 3
                },
                "idempotencyKey": {
                  "type": "string",
                  "id": 4,
                  "protoName": "idempotency_key",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "runId": {
                  "type": "string",
                  "id": 5,
                  "protoName": "run_id",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "overrides": {
                  "type": "RunOverrides",
                  "id": 6,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "concurrencyPolicy": {
                  "type": "ConcurrencyPolicy",
                  "id": 7,
                  "protoName": "concurrency_policy",
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "RunOfKeyRequest": {
              "fields": {
                "jobId": {
                  "type": "string",
                  "id": 1,
                  "protoName": "job_id"
                },
                "uid": {
                  "type": "string",
                  "id": 2
                },
                "idempotencyKey": {
                  "type": "string",
                  "id": 3,
                  "protoName": "idempotency_key"
                }
              }
            },
            "StopRunRequest": {
              "oneofs": {
                "_graceSeconds": {
                  "oneof": [
                    "graceSeconds"
                  ]
                }
              },
              "fields": {
                "jobId": {
                  "type": "string",
                  "id": 1,
                  "protoName": "job_id"
                },
                "uid": {
                  "type": "string",
                  "id": 2
                },
                "runId": {
                  "type": "string",
                  "id": 3,
                  "protoName": "run_id"
                },
                "graceSeconds": {
                  "type": "double",
                  "id": 4,
                  "protoName": "grace_seconds",
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "RunRequest": {
              "fields": {
                "jobId": {
                  "type": "string",
                  "id": 1,
                  "protoName": "job_id"
                },
                "uid": {
                  "type": "string",
                  "id": 2
                },
                "runId": {
                  "type": "string",
                  "id": 3,
                  "protoName": "run_id"
                }
              }
            },
            "ListRunsRequest": {
              "fields": {
                "uids": {
                  "rule": "repeated",
                  "type": "string",
                  "id": 1
                },
                "activeOnly": {
                  "type": "bool",
                  "id": 2,
                  "protoName": "active_only"
                }
              }
            },
            "ListRunsResponse": {
              "fields": {
                "runs": {
                  "rule": "repeated",
                  "type": "Run",
                  "id": 1
                }
              }
            },
            "FindCurrentRunsRequest": {
              "oneofs": {
                "_before": {
                  "oneof": [
                    "before"
                  ]
                },
                "_uid": {
                  "oneof": [
                    "uid"
                  ]
                },
                "_jobPrefix": {
                  "oneof": [
                    "jobPrefix"
                  ]
                },
                "_from": {
                  "oneof": [
                    "from"
                  ]
                },
                "_until": {
                  "oneof": [
                    "until"
                  ]
                },
                "_agent": {
                  "oneof": [
                    "agent"
                  ]
                },
                "_exitCode": {
                  "oneof": [
                    "exitCode"
                  ]
                },
                "_trigger": {
                  "oneof": [
                    "trigger"
                  ]
                },
                "_outcome": {
                  "oneof": [
                    "outcome"
                  ]
                },
                "_status": {
                  "oneof": [
                    "status"
                  ]
                }
              },
              "fields": {
                "limit": {
                  "type": "int32",
                  "id": 1
                },
                "before": {
                  "type": "RunPlace",
                  "id": 2,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "uid": {
                  "type": "string",
                  "id": 3,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "jobPrefix": {
                  "type": "string",
                  "id": 4,
                  "protoName": "job_prefix",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "from": {
                  "type": "int64",
                  "id": 5,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "until": {
                  "type": "int64",
                  "id": 6,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "agent": {
                  "type": "string",
                  "id": 7,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "exitCode": {
                  "type": "int32",
                  "id": 8,
                  "protoName": "exit_code",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "trigger": {
                  "type": "Trigger",
                  "id": 9,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "outcome": {
                  "type": "RunOutcome",
                  "id": 10,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "status": {
                  "type": "RunStatus",
                  "id": 11,
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "FindCurrentRunsResponse": {
              "oneofs": {
                "_next": {
                  "oneof": [
                    "next"
                  ]
                }
              },
              "fields": {
                "runs": {
                  "rule": "repeated",
                  "type": "Run",
                  "id": 1
                },
                "next": {
                  "type": "RunPlace",
                  "id": 2,
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "RunPlace": {
              "fields": {
                "queuedAt": {
                  "type": "int64",
                  "id": 1,
                  "protoName": "queued_at"
                },
                "runId": {
                  "type": "string",
                  "id": 2,
                  "protoName": "run_id"
                },
                "uid": {
                  "type": "string",
                  "id": 3
                }
              }
            },
            "CloseJobRequest": {
              "fields": {
                "jobId": {
                  "type": "string",
                  "id": 1,
                  "protoName": "job_id"
                },
                "uid": {
                  "type": "string",
                  "id": 2
                },
                "stopRuns": {
                  "type": "bool",
                  "id": 3,
                  "protoName": "stop_runs"
                }
              }
            },
            "CloseJobResponse": {
              "fields": {
                "stoppedRuns": {
                  "type": "int32",
                  "id": 1,
                  "protoName": "stopped_runs"
                }
              }
            },
            "GetPlacementResponse": {
              "oneofs": {
                "_lookedAt": {
                  "oneof": [
                    "lookedAt"
                  ]
                },
                "_waitsFor": {
                  "oneof": [
                    "waitsFor"
                  ]
                }
              },
              "fields": {
                "jobId": {
                  "type": "string",
                  "id": 1,
                  "protoName": "job_id"
                },
                "runId": {
                  "type": "string",
                  "id": 2,
                  "protoName": "run_id"
                },
                "status": {
                  "type": "RunStatus",
                  "id": 3
                },
                "lookedAt": {
                  "type": "int64",
                  "id": 4,
                  "protoName": "looked_at",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "offers": {
                  "type": "int32",
                  "id": 5
                },
                "lacks": {
                  "rule": "repeated",
                  "type": "OfferLack",
                  "id": 6
                },
                "waitsFor": {
                  "type": "string",
                  "id": 7,
                  "protoName": "waits_for",
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "OfferLack": {
              "fields": {
                "agentId": {
                  "type": "string",
                  "id": 1,
                  "protoName": "agent_id"
                },
                "hostname": {
                  "type": "string",
                  "id": 2
                },
                "lacks": {
                  "rule": "repeated",
                  "type": "string",
                  "id": 3
                }
              }
            },
            "ListQueueRequest": {
              "oneofs": {
                "_jobId": {
                  "oneof": [
                    "jobId"
                  ]
                }
              },
              "fields": {
                "jobId": {
                  "type": "string",
                  "id": 1,
                  "protoName": "job_id",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "limit": {
                  "type": "int32",
                  "id": 2
                }
              }
            },
            "ListQueueResponse": {
              "fields": {
                "runs": {
                  "rule": "repeated",
                  "type": "QueuedRun",
                  "id": 1
                },
                "total": {
                  "type": "int32",
                  "id": 2
                }
              }
            },
            "QueuedRun": {
              "oneofs": {
                "_reason": {
                  "oneof": [
                    "reason"
                  ]
                }
              },
              "fields": {
                "run": {
                  "type": "Run",
                  "id": 1,
                  "options": {
                    "(carillon.v1.required)": true
                  }
                },
                "reason": {
                  "type": "string",
                  "id": 2,
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "GetLeaderRequest": {
              "fields": {}
            },
            "GetLeaderResponse": {
              "oneofs": {
                "_holder": {
                  "oneof": [
                    "holder"
                  ]
                }
              },
              "fields": {
                "holder": {
                  "type": "string",
                  "id": 1,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "epoch": {
                  "type": "int64",
                  "id": 2
                }
              }
            },
            "Job": {
              "oneofs": {
                "_pause": {
                  "oneof": [
                    "pause"
                  ]
                }
              },
              "fields": {
                "uid": {
                  "type": "string",
                  "id": 1
                },
                "revision": {
                  "type": "int32",
                  "id": 2
                },
                "createdAt": {
                  "type": "int64",
                  "id": 3,
                  "protoName": "created_at"
                },
                "definedAt": {
                  "type": "int64",
                  "id": 4,
                  "protoName": "defined_at"
                },
                "spec": {
                  "type": "JobSpec",
                  "id": 5,
                  "options": {
                    "(carillon.v1.required)": true
                  }
                },
                "pause": {
                  "type": "Pause",
                  "id": 6,
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "Pause": {
              "oneofs": {
                "_until": {
                  "oneof": [
                    "until"
                  ]
                },
                "_reason": {
                  "oneof": [
                    "reason"
                  ]
                }
              },
              "fields": {
                "pausedAt": {
                  "type": "int64",
                  "id": 1,
                  "protoName": "paused_at"
                },
                "until": {
                  "type": "int64",
                  "id": 2,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "reason": {
                  "type": "string",
                  "id": 3,
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "PauseJobRequest": {
              "oneofs": {
                "_until": {
                  "oneof": [
                    "until"
                  ]
                },
                "_reason": {
                  "oneof": [
                    "reason"
                  ]
                },
                "_expected": {
                  "oneof": [
                    "expected"
                  ]
                },
                "_request": {
                  "oneof": [
                    "request"
                  ]
                }
              },
              "fields": {
                "jobId": {
                  "type": "string",
                  "id": 1,
                  "protoName": "job_id"
                },
                "until": {
                  "type": "int64",
                  "id": 2,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "reason": {
                  "type": "string",
                  "id": 3,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "expected": {
                  "type": "JobVersion",
                  "id": 4,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "request": {
                  "type": "RequestKey",
                  "id": 5,
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "ResumeJobRequest": {
              "oneofs": {
                "_expected": {
                  "oneof": [
                    "expected"
                  ]
                },
                "_request": {
                  "oneof": [
                    "request"
                  ]
                }
              },
              "fields": {
                "jobId": {
                  "type": "string",
                  "id": 1,
                  "protoName": "job_id"
                },
                "expected": {
                  "type": "JobVersion",
                  "id": 2,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "request": {
                  "type": "RequestKey",
                  "id": 3,
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "CreateJobRequest": {
              "oneofs": {
                "_request": {
                  "oneof": [
                    "request"
                  ]
                }
              },
              "fields": {
                "spec": {
                  "type": "JobSpec",
                  "id": 1,
                  "options": {
                    "(carillon.v1.required)": true
                  }
                },
                "request": {
                  "type": "RequestKey",
                  "id": 2,
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "RequestKey": {
              "fields": {
                "key": {
                  "type": "string",
                  "id": 1
                },
                "fingerprint": {
                  "type": "string",
                  "id": 2
                }
              }
            },
            "ListRevisionsRequest": {
              "oneofs": {
                "_uid": {
                  "oneof": [
                    "uid"
                  ]
                },
                "_before": {
                  "oneof": [
                    "before"
                  ]
                }
              },
              "fields": {
                "jobId": {
                  "type": "string",
                  "id": 1,
                  "protoName": "job_id"
                },
                "uid": {
                  "type": "string",
                  "id": 2,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "before": {
                  "type": "int32",
                  "id": 3,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "limit": {
                  "type": "int32",
                  "id": 4
                }
              }
            },
            "ListRevisionsResponse": {
              "fields": {
                "revisions": {
                  "rule": "repeated",
                  "type": "JobRevision",
                  "id": 1
                }
              }
            },
            "JobRevision": {
              "fields": {
                "job": {
                  "type": "Job",
                  "id": 1,
                  "options": {
                    "(carillon.v1.required)": true
                  }
                },
                "change": {
                  "type": "string",
                  "id": 2
                }
              }
            },
            "RollBackJobRequest": {
              "oneofs": {
                "_expected": {
                  "oneof": [
                    "expected"
                  ]
                },
                "_request": {
                  "oneof": [
                    "request"
                  ]
                }
              },
              "fields": {
                "jobId": {
                  "type": "string",
                  "id": 1,
                  "protoName": "job_id"
                },
                "revision": {
                  "type": "int32",
                  "id": 2
                },
                "expected": {
                  "type": "JobVersion",
                  "id": 3,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "request": {
                  "type": "RequestKey",
                  "id": 4,
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "ApplyJobsRequest": {
              "oneofs": {
                "_prefix": {
                  "oneof": [
                    "prefix"
                  ]
                }
              },
              "fields": {
                "specs": {
                  "rule": "repeated",
                  "type": "JobSpec",
                  "id": 1
                },
                "dryRun": {
                  "type": "bool",
                  "id": 2,
                  "protoName": "dry_run"
                },
                "prune": {
                  "type": "bool",
                  "id": 3
                },
                "prefix": {
                  "type": "string",
                  "id": 4,
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "ApplyJobsResponse": {
              "fields": {
                "changes": {
                  "rule": "repeated",
                  "type": "PlannedChange",
                  "id": 1
                }
              }
            },
            "PlannedChange": {
              "oneofs": {
                "_before": {
                  "oneof": [
                    "before"
                  ]
                },
                "_spec": {
                  "oneof": [
                    "spec"
                  ]
                },
                "_after": {
                  "oneof": [
                    "after"
                  ]
                }
              },
              "fields": {
                "jobId": {
                  "type": "string",
                  "id": 1,
                  "protoName": "job_id"
                },
                "action": {
                  "type": "PlannedAction",
                  "id": 2
                },
                "before": {
                  "type": "Job",
                  "id": 3,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "spec": {
                  "type": "JobSpec",
                  "id": 4,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "after": {
                  "type": "Job",
                  "id": 5,
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "MatchJobsRequest": {
              "fields": {
                "jobIds": {
                  "rule": "repeated",
                  "type": "string",
                  "id": 1,
                  "protoName": "job_ids"
                },
                "labels": {
                  "keyType": "string",
                  "type": "string",
                  "id": 2
                }
              }
            },
            "MatchJobsResponse": {
              "fields": {
                "jobIds": {
                  "rule": "repeated",
                  "type": "string",
                  "id": 1,
                  "protoName": "job_ids"
                }
              }
            },
            "PrepareRemovalRequest": {
              "oneofs": {
                "_expected": {
                  "oneof": [
                    "expected"
                  ]
                }
              },
              "fields": {
                "jobId": {
                  "type": "string",
                  "id": 1,
                  "protoName": "job_id"
                },
                "expected": {
                  "type": "JobVersion",
                  "id": 2,
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "UpdateJobRequest": {
              "oneofs": {
                "_expected": {
                  "oneof": [
                    "expected"
                  ]
                },
                "_keepOwn": {
                  "oneof": [
                    "keepOwn"
                  ]
                }
              },
              "fields": {
                "jobId": {
                  "type": "string",
                  "id": 1,
                  "protoName": "job_id"
                },
                "spec": {
                  "type": "JobSpec",
                  "id": 2,
                  "options": {
                    "(carillon.v1.required)": true
                  }
                },
                "keepSchedules": {
                  "type": "bool",
                  "id": 3,
                  "protoName": "keep_schedules"
                },
                "expected": {
                  "type": "JobVersion",
                  "id": 4,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "keepVolumes": {
                  "type": "bool",
                  "id": 5,
                  "protoName": "keep_volumes"
                },
                "keepOwn": {
                  "type": "bool",
                  "id": 6,
                  "protoName": "keep_own",
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "JobVersion": {
              "fields": {
                "uid": {
                  "type": "string",
                  "id": 1
                },
                "revision": {
                  "type": "int32",
                  "id": 2
                }
              }
            },
            "RemoveJobRequest": {
              "fields": {
                "jobId": {
                  "type": "string",
                  "id": 1,
                  "protoName": "job_id"
                },
                "uid": {
                  "type": "string",
                  "id": 2
                }
              }
            },
            "GetJobRequest": {
              "fields": {
                "jobId": {
                  "type": "string",
                  "id": 1,
                  "protoName": "job_id"
                }
              }
            },
            "ListJobsRequest": {
              "oneofs": {
                "_after": {
                  "oneof": [
                    "after"
                  ]
                },
                "_filter": {
                  "oneof": [
                    "filter"
                  ]
                }
              },
              "fields": {
                "after": {
                  "type": "string",
                  "id": 1,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "limit": {
                  "type": "int32",
                  "id": 2
                },
                "filter": {
                  "type": "JobFilter",
                  "id": 3,
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "JobFilter": {
              "oneofs": {
                "_prefix": {
                  "oneof": [
                    "prefix"
                  ]
                },
                "_text": {
                  "oneof": [
                    "text"
                  ]
                }
              },
              "fields": {
                "prefix": {
                  "type": "string",
                  "id": 1,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "text": {
                  "type": "string",
                  "id": 2,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "labels": {
                  "keyType": "string",
                  "type": "string",
                  "id": 3
                }
              }
            },
            "ListJobsResponse": {
              "fields": {
                "jobs": {
                  "rule": "repeated",
                  "type": "Job",
                  "id": 1
                }
              }
            },
            "GetRevisionRequest": {
              "fields": {
                "jobId": {
                  "type": "string",
                  "id": 1,
                  "protoName": "job_id"
                },
                "uid": {
                  "type": "string",
                  "id": 2
                },
                "revision": {
                  "type": "int32",
                  "id": 3
                }
              }
            },
            "GetRevisionsRequest": {
              "fields": {
                "revisions": {
                  "rule": "repeated",
                  "type": "GetRevisionRequest",
                  "id": 1
                }
              }
            },
            "GetRevisionsResponse": {
              "fields": {
                "jobs": {
                  "rule": "repeated",
                  "type": "Job",
                  "id": 1
                }
              }
            },
            "ScheduleRequest": {
              "oneofs": {
                "_expected": {
                  "oneof": [
                    "expected"
                  ]
                },
                "_onlyOne": {
                  "oneof": [
                    "onlyOne"
                  ]
                },
                "_request": {
                  "oneof": [
                    "request"
                  ]
                },
                "_keepOwn": {
                  "oneof": [
                    "keepOwn"
                  ]
                }
              },
              "fields": {
                "jobId": {
                  "type": "string",
                  "id": 1,
                  "protoName": "job_id"
                },
                "schedule": {
                  "type": "Schedule",
                  "id": 2,
                  "options": {
                    "(carillon.v1.required)": true
                  }
                },
                "expected": {
                  "type": "JobVersion",
                  "id": 3,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "onlyOne": {
                  "type": "bool",
                  "id": 4,
                  "protoName": "only_one",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "request": {
                  "type": "RequestKey",
                  "id": 5,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "keepOwn": {
                  "type": "bool",
                  "id": 6,
                  "protoName": "keep_own",
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "RemoveScheduleRequest": {
              "oneofs": {
                "_expected": {
                  "oneof": [
                    "expected"
                  ]
                }
              },
              "fields": {
                "jobId": {
                  "type": "string",
                  "id": 1,
                  "protoName": "job_id"
                },
                "scheduleId": {
                  "type": "string",
                  "id": 2,
                  "protoName": "schedule_id"
                },
                "expected": {
                  "type": "JobVersion",
                  "id": 3,
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "ListConnectedJobsRequest": {
              "fields": {
                "jobIds": {
                  "rule": "repeated",
                  "type": "string",
                  "id": 1,
                  "protoName": "job_ids"
                }
              }
            },
            "ListConnectedJobsResponse": {
              "fields": {
                "jobs": {
                  "rule": "repeated",
                  "type": "ConnectedJob",
                  "id": 1
                }
              }
            },
            "StartBackfillRequest": {
              "oneofs": {
                "_scheduleId": {
                  "oneof": [
                    "scheduleId"
                  ]
                },
                "_concurrency": {
                  "oneof": [
                    "concurrency"
                  ]
                },
                "_backfillId": {
                  "oneof": [
                    "backfillId"
                  ]
                }
              },
              "fields": {
                "jobId": {
                  "type": "string",
                  "id": 1,
                  "protoName": "job_id"
                },
                "uid": {
                  "type": "string",
                  "id": 2
                },
                "scheduleId": {
                  "type": "string",
                  "id": 3,
                  "protoName": "schedule_id",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "from": {
                  "type": "int64",
                  "id": 4
                },
                "until": {
                  "type": "int64",
                  "id": 5
                },
                "concurrency": {
                  "type": "int32",
                  "id": 6,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "backfillId": {
                  "type": "string",
                  "id": 7,
                  "protoName": "backfill_id",
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "BackfillRequest": {
              "fields": {
                "uid": {
                  "type": "string",
                  "id": 1
                },
                "backfillId": {
                  "type": "string",
                  "id": 2,
                  "protoName": "backfill_id"
                }
              }
            },
            "ListBackfillsRequest": {
              "fields": {
                "uid": {
                  "type": "string",
                  "id": 1
                },
                "limit": {
                  "type": "int32",
                  "id": 2
                }
              }
            },
            "ListBackfillsResponse": {
              "fields": {
                "backfills": {
                  "rule": "repeated",
                  "type": "Backfill",
                  "id": 1
                }
              }
            },
            "Backfill": {
              "oneofs": {
                "_endedAt": {
                  "oneof": [
                    "endedAt"
                  ]
                },
                "_cancelledAt": {
                  "oneof": [
                    "cancelledAt"
                  ]
                }
              },
              "fields": {
                "jobId": {
                  "type": "string",
                  "id": 1,
                  "protoName": "job_id"
                },
                "uid": {
                  "type": "string",
                  "id": 2
                },
                "backfillId": {
                  "type": "string",
                  "id": 3,
                  "protoName": "backfill_id"
                },
                "scheduleId": {
                  "type": "string",
                  "id": 4,
                  "protoName": "schedule_id"
                },
                "revision": {
                  "type": "int32",
                  "id": 5
                },
                "from": {
                  "type": "int64",
                  "id": 6
                },
                "until": {
                  "type": "int64",
                  "id": 7
                },
                "concurrency": {
                  "type": "int32",
                  "id": 8
                },
                "startedAt": {
                  "type": "int64",
                  "id": 9,
                  "protoName": "started_at"
                },
                "endedAt": {
                  "type": "int64",
                  "id": 10,
                  "protoName": "ended_at",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "cancelledAt": {
                  "type": "int64",
                  "id": 11,
                  "protoName": "cancelled_at",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "total": {
                  "type": "int32",
                  "id": 12
                },
                "triggered": {
                  "type": "int32",
                  "id": 13
                },
                "active": {
                  "type": "int32",
                  "id": 14
                },
                "succeeded": {
                  "type": "int32",
                  "id": 15
                },
                "failed": {
                  "type": "int32",
                  "id": 16
                },
                "skipped": {
                  "type": "int32",
                  "id": 17
                }
              }
            },
            "GetClockRequest": {
              "fields": {
                "uid": {
                  "type": "string",
                  "id": 1
                }
              }
            },
            "Clock": {
              "oneofs": {
                "_nextDueAt": {
                  "oneof": [
                    "nextDueAt"
                  ]
                },
                "_pause": {
                  "oneof": [
                    "pause"
                  ]
                }
              },
              "fields": {
                "jobId": {
                  "type": "string",
                  "id": 1,
                  "protoName": "job_id"
                },
                "uid": {
                  "type": "string",
                  "id": 2
                },
                "revision": {
                  "type": "int32",
                  "id": 3
                },
                "schedules": {
                  "rule": "repeated",
                  "type": "ArmedSchedule",
                  "id": 4
                },
                "nextDueAt": {
                  "type": "int64",
                  "id": 5,
                  "protoName": "next_due_at",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "pause": {
                  "type": "ClockPause",
                  "id": 6,
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "ClockPause": {
              "oneofs": {
                "_until": {
                  "oneof": [
                    "until"
                  ]
                }
              },
              "fields": {
                "pausedAt": {
                  "type": "int64",
                  "id": 1,
                  "protoName": "paused_at"
                },
                "until": {
                  "type": "int64",
                  "id": 2,
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "ArmedSchedule": {
              "oneofs": {
                "_nextDueAt": {
                  "oneof": [
                    "nextDueAt"
                  ]
                },
                "_runsLeft": {
                  "oneof": [
                    "runsLeft"
                  ]
                },
                "_problem": {
                  "oneof": [
                    "problem"
                  ]
                }
              },
              "fields": {
                "scheduleId": {
                  "type": "string",
                  "id": 1,
                  "protoName": "schedule_id"
                },
                "revision": {
                  "type": "int32",
                  "id": 2
                },
                "nextDueAt": {
                  "type": "int64",
                  "id": 3,
                  "protoName": "next_due_at",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "decidedUpTo": {
                  "type": "int64",
                  "id": 4,
                  "protoName": "decided_up_to"
                },
                "runsLeft": {
                  "type": "int32",
                  "id": 5,
                  "protoName": "runs_left",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "problem": {
                  "type": "string",
                  "id": 6,
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "ListWorkflowRunsRequest": {
              "oneofs": {
                "_uid": {
                  "oneof": [
                    "uid"
                  ]
                }
              },
              "fields": {
                "uid": {
                  "type": "string",
                  "id": 1,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "limit": {
                  "type": "int32",
                  "id": 2
                },
                "openOnly": {
                  "type": "bool",
                  "id": 3,
                  "protoName": "open_only"
                }
              }
            },
            "ListWorkflowRunsResponse": {
              "fields": {
                "workflowRuns": {
                  "rule": "repeated",
                  "type": "WorkflowRun",
                  "id": 1,
                  "protoName": "workflow_runs"
                }
              }
            },
            "WorkflowRunRequest": {
              "fields": {
                "workflowRunId": {
                  "type": "string",
                  "id": 1,
                  "protoName": "workflow_run_id"
                }
              }
            },
            "WorkflowRun": {
              "oneofs": {
                "_endedAt": {
                  "oneof": [
                    "endedAt"
                  ]
                },
                "_outcome": {
                  "oneof": [
                    "outcome"
                  ]
                }
              },
              "fields": {
                "workflowRunId": {
                  "type": "string",
                  "id": 1,
                  "protoName": "workflow_run_id"
                },
                "jobId": {
                  "type": "string",
                  "id": 2,
                  "protoName": "job_id"
                },
                "uid": {
                  "type": "string",
                  "id": 3
                },
                "startedAt": {
                  "type": "int64",
                  "id": 4,
                  "protoName": "started_at"
                },
                "endedAt": {
                  "type": "int64",
                  "id": 5,
                  "protoName": "ended_at",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "outcome": {
                  "type": "RunOutcome",
                  "id": 6,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "jobs": {
                  "rule": "repeated",
                  "type": "WorkflowJob",
                  "id": 7
                }
              }
            },
            "WorkflowJob": {
              "oneofs": {
                "_runId": {
                  "oneof": [
                    "runId"
                  ]
                },
                "_dueAt": {
                  "oneof": [
                    "dueAt"
                  ]
                },
                "_outcome": {
                  "oneof": [
                    "outcome"
                  ]
                },
                "_endedAt": {
                  "oneof": [
                    "endedAt"
                  ]
                },
                "_reason": {
                  "oneof": [
                    "reason"
                  ]
                }
              },
              "fields": {
                "jobId": {
                  "type": "string",
                  "id": 1,
                  "protoName": "job_id"
                },
                "uid": {
                  "type": "string",
                  "id": 2
                },
                "revision": {
                  "type": "int32",
                  "id": 3
                },
                "parents": {
                  "rule": "repeated",
                  "type": "string",
                  "id": 4
                },
                "step": {
                  "type": "WorkflowStep",
                  "id": 5
                },
                "runId": {
                  "type": "string",
                  "id": 6,
                  "protoName": "run_id",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "dueAt": {
                  "type": "int64",
                  "id": 7,
                  "protoName": "due_at",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "outcome": {
                  "type": "RunOutcome",
                  "id": 8,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "endedAt": {
                  "type": "int64",
                  "id": 9,
                  "protoName": "ended_at",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "reason": {
                  "type": "string",
                  "id": 10,
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "ExplainDueInstantsRequest": {
              "fields": {
                "jobId": {
                  "type": "string",
                  "id": 1,
                  "protoName": "job_id"
                },
                "uid": {
                  "type": "string",
                  "id": 2
                },
                "from": {
                  "type": "int64",
                  "id": 3
                },
                "to": {
                  "type": "int64",
                  "id": 4
                },
                "limit": {
                  "type": "int32",
                  "id": 5
                }
              }
            },
            "ExplainDueInstantsResponse": {
              "oneofs": {
                "_moreFrom": {
                  "oneof": [
                    "moreFrom"
                  ]
                }
              },
              "fields": {
                "instants": {
                  "rule": "repeated",
                  "type": "DueInstant",
                  "id": 1
                },
                "moreFrom": {
                  "type": "int64",
                  "id": 2,
                  "protoName": "more_from",
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "DueInstant": {
              "oneofs": {
                "_reason": {
                  "oneof": [
                    "reason"
                  ]
                },
                "_runId": {
                  "oneof": [
                    "runId"
                  ]
                },
                "_decidedAt": {
                  "oneof": [
                    "decidedAt"
                  ]
                },
                "_workflowRunId": {
                  "oneof": [
                    "workflowRunId"
                  ]
                },
                "_backfillId": {
                  "oneof": [
                    "backfillId"
                  ]
                }
              },
              "fields": {
                "scheduleId": {
                  "type": "string",
                  "id": 1,
                  "protoName": "schedule_id"
                },
                "revision": {
                  "type": "int32",
                  "id": 2
                },
                "dueAt": {
                  "type": "int64",
                  "id": 3,
                  "protoName": "due_at"
                },
                "trigger": {
                  "type": "Trigger",
                  "id": 4
                },
                "verdict": {
                  "type": "DueVerdict",
                  "id": 5
                },
                "reason": {
                  "type": "string",
                  "id": 6,
                  "options": {
                    "proto3_optional": true
                  }
                },
                "runId": {
                  "type": "string",
                  "id": 7,
                  "protoName": "run_id",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "decidedAt": {
                  "type": "int64",
                  "id": 8,
                  "protoName": "decided_at",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "eventIds": {
                  "rule": "repeated",
                  "type": "string",
                  "id": 9,
                  "protoName": "event_ids"
                },
                "workflowRunId": {
                  "type": "string",
                  "id": 10,
                  "protoName": "workflow_run_id",
                  "options": {
                    "proto3_optional": true
                  }
                },
                "backfillId": {
                  "type": "string",
                  "id": 11,
                  "protoName": "backfill_id",
                  "options": {
                    "proto3_optional": true
                  }
                }
              }
            },
            "Trigger": {
              "values": {
                "schedule": 0,
                "manual": 1,
                "dependency": 2,
                "backfill": 3,
                "event": 4
              }
            },
            "RunOutcome": {
              "values": {
                "succeeded": 0,
                "failed": 1,
                "killed": 2,
                "timedOut": 3,
                "lost": 4
              }
            },
            "ConcurrencyPolicy": {
              "values": {
                "ALLOW": 0,
                "FORBID": 1,
                "REPLACE": 2,
                "QUEUE": 3
              }
            },
            "CatchUpPolicy": {
              "values": {
                "NONE": 0,
                "LAST": 1,
                "ALL": 2
              }
            },
            "ParameterType": {
              "values": {
                "string": 0,
                "integer": 1,
                "number": 2,
                "boolean": 3
              }
            },
            "ConstraintOperator": {
              "values": {
                "IS": 0,
                "LIKE": 1,
                "UNLIKE": 2,
                "EQUALS": 3,
                "UNIQUE": 4,
                "CLUSTER": 5,
                "GROUP_BY": 6,
                "MAX_PER": 7
              }
            },
            "RestartPolicy": {
              "values": {
                "NEVER": 0,
                "ON_FAILURE": 1
              }
            },
            "RunStatus": {
              "values": {
                "queued": 0,
                "launched": 1,
                "running": 2,
                "ended": 3
              }
            },
            "PlannedAction": {
              "values": {
                "create": 0,
                "update": 1,
                "unchanged": 2,
                "remove": 3
              }
            },
            "WorkflowStep": {
              "values": {
                "waiting": 0,
                "triggered": 1,
                "finished": 2,
                "notRun": 3
              }
            },
            "DueVerdict": {
              "values": {
                "upcoming": 0,
                "ran": 1,
                "late": 2,
                "missed": 3,
                "superseded": 4,
                "paused": 5
              }
            }
          }
        }
      }
    }
  }
};
