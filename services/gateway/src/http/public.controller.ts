import { Controller, Get, Header, NotFoundException, Param } from '@nestjs/common';
import { jobSpecReader, jobSpecReaderV0 } from '../metronome/job-spec.reader.js';
import { metronomeDocument } from '../metronome/openapi.js';
import { ramlOf } from '../metronome/raml.js';
import type { JsonSchema } from '../metronome/readers.js';
import { scheduleReader } from '../metronome/schedule.reader.js';

const document = (title: string, schema: JsonSchema) => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title,
  ...schema,
});

/** What Metronome serves as assets; here they are made of what bodies are read with, so they never disagree. */
const DOCUMENTS: Readonly<Record<string, object>> = {
  'api/v1/openapi.json': metronomeDocument,
  'api/v1/schema/jobspec.schema.json': document('A job', jobSpecReader.schema),
  'api/v1/schema/schedulespec.schema.json': document('A schedule of a job', scheduleReader.schema),
  'api/v0/schema/jobspec_v0.schema.json': document('A job with its schedules', jobSpecReaderV0.schema),
};

const RAML = ramlOf(metronomeDocument);

@Controller('public')
export class PublicController {
  @Get('api/api.raml')
  @Header('content-type', 'application/raml+yaml; charset=utf-8')
  raml(): string {
    return RAML;
  }

  @Get('*')
  get(@Param('*') path: string): object {
    const found = Object.hasOwn(DOCUMENTS, path) ? DOCUMENTS[path] : undefined;
    if (found) return found;
    throw new NotFoundException();
  }
}
