# Needs BuildKit, as docker compose and buildx have. scripts/pin writes digests behind the tags. They stand in FROM itself,
# as Dependabot looks nowhere else.

# Wheels are only unpacked, so this runs on the building machine's architecture for whichever one the image is for.
FROM --platform=$BUILDPLATFORM python:3.13-slim-trixie AS packages
ARG TARGETARCH
COPY requirements.txt .
RUN case $TARGETARCH in amd64) machine=x86_64 ;; arm64) machine=aarch64 ;; *) echo "No wheels for $TARGETARCH." >&2; exit 1 ;; esac \
 && for tag in manylinux2014 manylinux_2_17 manylinux_2_27 manylinux_2_28; do set -- "$@" --platform "${tag}_$machine"; done \
 && pip install --no-cache-dir --disable-pip-version-check --no-deps --require-hashes "$@" --target /opt/turdify -r requirements.txt \
 # What nothing uses: the packages' own tests, ONNX Runtime's tools for changing models and its library for programs in
 # C, which its Python module has within itself, the face_recognition model that turdify passes over, and what Babel
 # knows of languages that the page doesn't speak.
 && cd /opt/turdify \
 && rm -rf onnxruntime/tools onnxruntime/transformers onnxruntime/quantization onnxruntime/datasets \
 && rm onnxruntime/capi/libonnxruntime.so.* face_recognition_models/models/shape_predictor_68_face_landmarks.dat \
 && find babel/locale-data -name '*.dat' ! -name root.dat ! -name en.dat ! -name nl.dat ! -name de.dat ! -name fr.dat ! -name es.dat -delete \
 && find . -depth -type d \( -name tests -o -name __pycache__ \) -exec rm -rf {} +
WORKDIR /srv/turdify
COPY gunicorn.conf.py wsgi.py ./
COPY turdify turdify
COPY templates templates
COPY static static
# Nothing can be written where it runs, so the bytecode is made here.
RUN python3 -m compileall -q --invalidation-mode unchecked-hash /opt/turdify /srv/turdify

FROM python:3.13-slim-trixie
COPY --from=packages /opt/turdify /opt/turdify
COPY --from=packages /srv/turdify /srv/turdify
WORKDIR /srv/turdify
ENV PATH=/opt/turdify/bin:$PATH \
    PYTHONPATH=/opt/turdify \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=5s --timeout=4s --start-period=30s \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8000 && printf 'GET /healthz HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [ \"$status\" = 200 ]"]
CMD ["gunicorn"]
