FROM python:3.13-slim-trixie AS packages
COPY requirements.txt .
RUN python3 -m venv /opt/turdify \
 && /opt/turdify/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --require-hashes -r requirements.txt \
 && /opt/turdify/bin/pip uninstall --yes --quiet pip \
 # What nothing uses: the packages' own tests and ONNX Runtime's tools for changing models.
 && cd /opt/turdify/lib/python3*/site-packages \
 && rm -rf onnxruntime/tools onnxruntime/transformers onnxruntime/quantization onnxruntime/datasets \
 && find . -depth -type d \( -name tests -o -name __pycache__ \) -exec rm -rf {} +

FROM python:3.13-slim-trixie
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin turdify
COPY --from=packages /opt/turdify /opt/turdify
WORKDIR /srv/turdify
COPY gunicorn.conf.py wsgi.py ./
COPY turdify turdify
COPY templates templates
COPY static static
# Nothing can be written where it runs, so the bytecode is made here.
RUN /opt/turdify/bin/python -m compileall -q /opt/turdify/lib turdify wsgi.py
ENV PATH=/opt/turdify/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    MALLOC_TRIM_THRESHOLD_=67108864
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=5s --timeout=4s --start-period=30s \
  CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=3)"]
CMD ["gunicorn"]
