#!/bin/sh
# Copies Apache ZooKeeper's jars from Maven Central into the cache, once. Needs Java and Maven (Debian:
# openjdk-17-jre-headless and maven). CARILLON_CACHE moves the cache (default ~/.cache/carillon).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
version=$(sed -n '/<artifactId>zookeeper</{n;s/.*<version>\(.*\)<\/version>.*/\1/p;}' "$here/pom.xml")
jars="${CARILLON_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/carillon}/zookeeper-$version"
if [ -f "$jars/.complete" ]; then
  echo "ZooKeeper $version is in $jars"
  exit 0
fi
rm -rf "$jars"
mkdir -p "$jars"
mvn -B -q -f "$here/pom.xml" org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies \
  -DincludeScope=runtime -DoutputDirectory="$jars"
touch "$jars/.complete"
echo "ZooKeeper $version is in $jars now"
