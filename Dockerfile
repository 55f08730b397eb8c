# The service as an image of one file: a fully static executable on an empty file system.
#
#   docker build -t segmentd .
#   docker run --rm --read-only -p 127.0.0.1:8080:8080 segmentd

ARG SWIFT_IMAGE=swift:6.3

FROM ${SWIFT_IMAGE} AS build
WORKDIR /build
# All folders that the manifest names must be there, the tests' too, though only the product is built.
COPY Package.swift ./
COPY Sources Sources
COPY Tests Tests
# The same options as in .ci/run, which proves that such an executable starts.
RUN swift build --configuration release --product segmentd \
      -Xswiftc -static-executable -Xlinker --strip-all \
 && mkdir -p /image \
 && cp "$(swift build --configuration release --show-bin-path)/segmentd" /image/segmentd
# It has to start without any library of this stage.
RUN ["/image/segmentd", "--version"]
COPY Config /image/Config

FROM scratch
COPY --from=build /image /
# No name for this user: an empty image has no /etc/passwd. It owns nothing here and writes nothing.
USER 65532:65532
WORKDIR /
# All addresses of the container's own network: what other machines reach is for `docker run -p` to say.
# With keys (SEGMENTD_API_KEYS or SEGMENTD_API_KEYS_FILE) open access opens nothing.
ENV SEGMENTD_HOST=0.0.0.0 SEGMENTD_PORT=8080 SEGMENTD_OPEN_ACCESS=true
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s --retries=3 \
  CMD ["/segmentd", "healthcheck"]
ENTRYPOINT ["/segmentd"]
