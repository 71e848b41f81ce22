// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// hyper with its pooling client on tokio, for comparison; built only where Rust and the crates are
// installed. Same arguments, same output.

use futures_util::stream;
use hyper::body::{Bytes, HttpBody};
use hyper::client::HttpConnector;
use hyper::{Body, Client, Request, Response};
use hyper_tls::HttpsConnector;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::Arc;
use std::time::{Duration, Instant};

struct BodySum {
    hash: u64,
    offset: u64,
    next: u64,
}

impl BodySum {
    fn new() -> Self {
        BodySum {
            hash: 0xcbf29ce484222325,
            offset: 0,
            next: 0,
        }
    }

    fn add(&mut self, data: &[u8]) {
        let end = self.offset + data.len() as u64;
        while self.next < end {
            let byte = data[(self.next - self.offset) as usize];
            self.hash = (self.hash ^ u64::from(byte)).wrapping_mul(0x100000001b3);
            self.next = if self.next + 1 < 1024 {
                self.next + 1
            } else {
                (self.next + 509) / 509 * 509
            };
        }
        self.offset = end;
    }
}

/// `total` bytes of the pattern, in pieces of 64 KiB.
fn pattern_body(total: u64) -> Body {
    let mut x: u32 = 1;
    let pattern: Vec<u8> = (0..65536)
        .map(|_| {
            x = x.wrapping_mul(1103515245).wrapping_add(12345);
            (x >> 16) as u8
        })
        .collect();
    let pattern = Bytes::from(pattern);
    let mut left = total;
    Body::wrap_stream(stream::iter(std::iter::from_fn(move || {
        let n = left.min(pattern.len() as u64);
        left -= n;
        (n > 0).then(|| Ok::<_, std::io::Error>(pattern.slice(..n as usize)))
    })))
}

struct Args(HashMap<String, String>);

impl Args {
    fn word<'a>(&'a self, key: &str, otherwise: &'a str) -> &'a str {
        self.0.get(key).map_or(otherwise, |value| value.as_str())
    }
    fn number(&self, key: &str, otherwise: u64) -> u64 {
        self.0
            .get(key)
            .map_or(otherwise, |value| value.parse().expect("a number"))
    }
}

#[derive(Default)]
struct Tally {
    responses: u64,
    bytes: u64,
    sum: u64,
}

struct Work {
    client: Client<HttpsConnector<HttpConnector>>,
    args: Args,
    mode: String,
    urls: Vec<hyper::Uri>,
    requests: u64,
    started: AtomicU64,
}

impl Work {
    fn request(&self, number: u64) -> Request<Body> {
        let mut builder = Request::builder()
            .uri(self.urls[number as usize % self.urls.len()].clone())
            .header("user-agent", "bench")
            .header("accept", "*/*");
        if self.args.number("fresh", 0) == 1 {
            builder = builder.header("connection", "close");
        }
        if self.mode != "upload" {
            return builder.body(Body::empty()).unwrap();
        }
        let size = self.args.number("bytes", 0);
        if self.args.number("chunked", 0) == 0 {
            builder = builder.header("content-length", size);
        }
        builder.method("POST").body(pattern_body(size)).unwrap()
    }

    async fn read(&self, mut response: Response<Body>) -> Result<BodySum, hyper::Error> {
        let mut sum = BodySum::new();
        if self.mode == "download" {
            while let Some(piece) = response.body_mut().data().await {
                sum.add(&piece?);
            }
        } else {
            sum.add(&hyper::body::to_bytes(response.into_body()).await?);
        }
        Ok(sum)
    }

    async fn worker(&self) -> Result<Tally, hyper::Error> {
        let mut tally = Tally::default();
        loop {
            let number = self.started.fetch_add(1, Relaxed);
            if number >= self.requests {
                return Ok(tally);
            }
            let response = self.client.request(self.request(number)).await?;
            let good = response.status() == 200;
            let body = self.read(response).await?;
            if good {
                tally.responses += 1;
                tally.bytes += body.offset;
                tally.sum = tally.sum.wrapping_add(body.hash);
            }
        }
    }
}

fn new_client(args: &Args) -> Client<HttpsConnector<HttpConnector>> {
    let mut tcp = HttpConnector::new();
    tcp.set_nodelay(true);
    tcp.enforce_http(false);
    let mut tls = native_tls::TlsConnector::builder();
    if args.word("scheme", "http") == "https" {
        let pem = std::fs::read(args.word("ca", "")).expect("the CA file");
        tls.disable_built_in_roots(true);
        tls.add_root_certificate(native_tls::Certificate::from_pem(&pem).expect("a certificate"));
    }
    let tls: tokio_native_tls::TlsConnector = tls.build().expect("TLS").into();
    let mut builder = Client::builder();
    if args.number("fresh", 0) == 1 {
        builder.pool_max_idle_per_host(0);
    }
    builder.build(HttpsConnector::from((tcp, tls)))
}

fn new_work(args: Args) -> Work {
    let hosts = args.number("hosts", 1);
    let url = |i: u64| {
        let (scheme, path) = (args.word("scheme", "http"), args.word("path", "/small"));
        format!(
            "{}://127.0.{}.{}:{}{}",
            scheme,
            i / 250,
            i % 250 + 1,
            args.word("port", "80"),
            path
        )
    };
    Work {
        client: new_client(&args),
        mode: args.word("mode", "get").to_string(),
        urls: (0..hosts).map(|i| url(i).parse().expect("a URL")).collect(),
        requests: args.number("requests", 1),
        started: AtomicU64::new(0),
        args,
    }
}

async fn run(work: Arc<Work>) -> Tally {
    let workers: Vec<_> = (0..work.args.number("inflight", 1))
        .map(|_| {
            let work = work.clone();
            tokio::spawn(async move { work.worker().await })
        })
        .collect();
    let mut all = Tally::default();
    for worker in workers {
        let tally = worker.await.expect("a worker").expect("its requests");
        all.responses += tally.responses;
        all.bytes += tally.bytes;
        all.sum = all.sum.wrapping_add(tally.sum);
    }
    if work.mode == "idle" {
        tokio::time::sleep(Duration::from_millis(1500)).await; // idle connections come to rest
    }
    all
}

/// Microseconds in user mode and in the kernel.
fn cpu() -> (i64, i64) {
    let mut used: libc::rusage = unsafe { std::mem::zeroed() };
    unsafe { libc::getrusage(libc::RUSAGE_SELF, &mut used) };
    let us = |t: libc::timeval| t.tv_sec * 1_000_000 + t.tv_usec;
    (us(used.ru_utime), us(used.ru_stime))
}

fn main() {
    let args = Args(
        std::env::args()
            .skip(1)
            .map(|text| {
                let (key, value) = text.split_once('=').expect("key=value");
                (key.to_string(), value.to_string())
            })
            .collect(),
    );
    let threads = args.number("threads", 1) as usize;
    let runtime = if threads > 1 {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(threads)
            .enable_all()
            .build()
    } else {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
    }
    .expect("a runtime");
    let (user_before, system_before) = cpu();
    let begin = Instant::now();
    let work = Arc::new(new_work(args));
    let all = runtime.block_on(run(work.clone()));
    let memory = unsafe { libc::mallinfo2() };
    let (user, system) = cpu();
    println!(
        "{{\"responses\":{},\"bytes\":{},\"sum\":\"{:016x}\",\"user_us\":{},\"system_us\":{},\
         \"wall_us\":{},\"heap\":{}}}",
        all.responses,
        all.bytes,
        all.sum,
        user - user_before,
        system - system_before,
        begin.elapsed().as_micros(),
        memory.uordblks + memory.hblkhd
    );
}
