#!/bin/bash
# What the contract suite of libs/local-mesos looks for: a real Mesos in .cache/mesos.
exec "$(dirname "$0")/setup.sh"
