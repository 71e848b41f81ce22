// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// node backend.js FOLDER HTTP_PORT HTTPS_PORT MTLS_PORT: what backend.py does, on Node's http.

'use strict';
const crypto = require('crypto');
const fs = require('fs');
const http = require('http');
const https = require('https');
const zlib = require('zlib');

const [folder, ...ports] = process.argv.slice(2);
const www = folder + '/www';
const codings = {
  gzip: zlib.createGzip,
  deflate: zlib.createDeflate,
  br: () => zlib.createBrotliCompress({params: {[zlib.constants.BROTLI_PARAM_QUALITY]: 5}}),
};

function sendFile(request, response, path, headers = {}) {
  let stat;
  try {
    stat = fs.statSync(path);
  } catch {
    response.writeHead(404).end();
    return;
  }
  const date = stat.mtime.toUTCString();
  headers['Last-Modified'] = date;
  if (request.headers['if-modified-since'] === date) {
    response.writeHead(304, headers).end();
    return;
  }
  let [first, last, status] = [0, stat.size - 1, 200];
  if (request.headers.range) {
    const [a, b] = request.headers.range.replace('bytes=', '').split('-');
    [first, last, status] = [+a, Math.min(b ? +b : stat.size, stat.size - 1), 206];
    if (first >= stat.size) {
      response.writeHead(416, {'Content-Range': `bytes */${stat.size}`}).end();
      return;
    }
    headers['Content-Range'] = `bytes ${first}-${last}/${stat.size}`;
  }
  headers['Content-Length'] = last - first + 1;
  response.writeHead(status, headers);
  if (request.method === 'HEAD') {
    response.end();
  } else {
    fs.createReadStream(path, {start: first, end: last}).pipe(response);
  }
}

function coded(request, response, coding) {
  const headers = {'Content-Type': 'text/plain'};
  if (codings[coding]) {
    headers['Content-Encoding'] = coding;
    response.writeHead(200, headers);
    fs.createReadStream(www + '/coded/none/text.txt').pipe(codings[coding]()).pipe(response);
    return;
  }
  if (coding !== 'none') {
    headers['Content-Encoding'] = coding;
  }
  sendFile(request, response, `${www}/coded/${coding}/text.txt`, headers);
}

function get(request, response) {
  const path = request.url;
  if (path === '/chunked') {
    fs.createReadStream(www + '/chunked.bin').pipe(response);
  } else if (path === '/trailers') {
    response.writeHead(200, {Trailer: 'X-Check'});
    response.addTrailers({'X-Check': '42'});
    fs.createReadStream(www + '/chunked.bin').pipe(response);
  } else if (path === '/204') {
    response.writeHead(204).end();
  } else if (path === '/fields') {
    for (let i = 0; i < 100; ++i) {
      response.setHeader(`X-Field-${i}`, `value ${i}`);
    }
    response.end();
  } else if (path === '/early') {
    response.writeEarlyHints({link: '</a.css>; rel=preload'}, () =>
      sendFile(request, response, www + '/small.txt'));
  } else if (path.startsWith('/coded/')) {
    coded(request, response, path.split('/')[2]);
  } else {
    sendFile(request, response, www + path);
  }
}

function answer(request, response) {
  if (request.method !== 'PUT') {
    get(request, response);
  } else if (request.url.startsWith('/limited/') && request.headers['content-length'] > 1e6) {
    response.writeHead(413, {Connection: 'close'}).end('too long\n');
    request.resume();
  } else {
    request.pipe(fs.createWriteStream(www + request.url)).on('finish', () =>
      response.writeHead(201).end('stored\n'));
  }
}

function upgrade(request, socket, head) {
  const key = request.headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
  const accept = crypto.createHash('sha1').update(key).digest('base64');
  socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
    `Sec-WebSocket-Accept: ${accept}\r\n\r\n`);
  socket.write(head);
  socket.pipe(socket);
  socket.on('error', () => {});
}

const tls = {
  cert: fs.readFileSync(folder + '/server.pem'), key: fs.readFileSync(folder + '/server.key'),
};
const mutual = {
  ...tls, ca: fs.readFileSync(folder + '/ca.pem'), requestCert: true, rejectUnauthorized: true,
};
const servers = [http.createServer(answer), https.createServer(tls, answer),
  https.createServer(mutual, answer)];
servers.forEach((server, i) => {
  server.on('upgrade', upgrade);
  server.keepAliveTimeout = 1000;
  server.maxRequestsPerSocket = 100;
  server.listen(+ports[i], '127.0.0.1');
});
