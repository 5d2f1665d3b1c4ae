#!/bin/sh
# A speaker that never comes to an end; it knows its version and no voices.
case $1 in
  --version) echo "slow 1.0" ;;
  --voices) ;;
  *) exec sleep 60 ;;
esac
