/** A bare Express server that returns a constant: the lower bound for an Express server. */
import express from 'express';

express()
  .use((_request, response) => {
    response.json({ always: 'the same' });
  })
  .listen(Number(process.env['PORT']), '127.0.0.1');
