# One image for web, worker and relay; compose.yaml says which is which.
# Not yet tried: it was written where no container engine runs.
FROM python:3.11-slim-bookworm

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /srv/lakeside

COPY requirements/run.txt requirements/run.txt
RUN pip install --no-cache-dir --require-hashes -r requirements/run.txt

COPY . .
# The key is for this step only; without one the settings would make one and keep it in the image.
RUN export SECRET_KEY=for-this-step-only-and-in-no-image-layer \
    && python manage.py words --compile && python manage.py collectstatic --noinput --verbosity 0 \
    && useradd --system lakeside && chown -R lakeside var
USER lakeside

EXPOSE 8000
CMD ["python", "manage.py", "serve", "--serve-only", "--host", "0.0.0.0"]
