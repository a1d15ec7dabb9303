/** No BFF at all: the least that an Express server takes to answer anything. */
import express from 'express';

express()
  .use((_request, response) => {
    response.json({ always: 'the same' });
  })
  .listen(Number(process.env['PORT']), '127.0.0.1');
