// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Go's net/http, for comparison; built only where Go is installed. Same arguments, same output.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

type bodySum struct{ hash, offset, next uint64 }

func newBodySum() *bodySum { return &bodySum{hash: 0xcbf29ce484222325} }

func (s *bodySum) Write(data []byte) (int, error) {
	end := s.offset + uint64(len(data))
	for s.next < end {
		s.hash = (s.hash ^ uint64(data[s.next-s.offset])) * 0x100000001b3
		if s.next+1 < 1024 {
			s.next++
		} else {
			s.next = (s.next + 509) / 509 * 509
		}
	}
	s.offset = end
	return len(data), nil
}

type patternSource struct {
	pattern  []byte
	left     uint64
	position int
}

func newPatternSource(total uint64) *patternSource {
	pattern, x := make([]byte, 65536), uint32(1)
	for i := range pattern {
		x = x*1103515245 + 12345
		pattern[i] = byte(x >> 16)
	}
	return &patternSource{pattern: pattern, left: total}
}

func (p *patternSource) Read(out []byte) (int, error) {
	if p.left == 0 {
		return 0, io.EOF
	}
	if uint64(len(out)) > p.left {
		out = out[:p.left]
	}
	n := copy(out, p.pattern[p.position:])
	p.position = (p.position + n) % len(p.pattern)
	p.left -= uint64(n)
	return n, nil
}

func need(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func cpu() (int64, int64) {
	var used syscall.Rusage
	need(syscall.Getrusage(syscall.RUSAGE_SELF, &used))
	return used.Utime.Nano() / 1000, used.Stime.Nano() / 1000
}

func bufferSize(mode string) int {
	if mode == "download" {
		return 65536
	}
	return 1024
}

func main() {
	args := map[string]string{"mode": "get", "scheme": "http", "path": "/small"}
	for _, arg := range os.Args[1:] {
		key, value, _ := strings.Cut(arg, "=")
		args[key] = value
	}
	number := func(key string, otherwise uint64) uint64 {
		if n, err := strconv.ParseUint(args[key], 10, 64); err == nil {
			return n
		}
		return otherwise
	}
	if threads := number("threads", 0); threads > 0 {
		runtime.GOMAXPROCS(int(threads))
	}
	requests, inflight := number("requests", 1), number("inflight", 1)
	hosts, size := number("hosts", 1), number("bytes", 0)
	transport := &http.Transport{
		MaxIdleConnsPerHost: 100000,
		DisableKeepAlives:   number("fresh", 0) == 1,
		DisableCompression:  true,
	}
	if pem, err := os.ReadFile(args["ca"]); err == nil {
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM(pem)
		transport.TLSClientConfig = &tls.Config{
			RootCAs: roots, ClientSessionCache: tls.NewLRUClientSessionCache(0)}
	}
	client := &http.Client{Transport: transport}
	userBefore, systemBefore := cpu()
	begin := time.Now()
	var started, responses, bytes, sum uint64
	one := func(i uint64) (int, *bodySum) {
		url := fmt.Sprintf("%s://127.0.%d.%d:%s%s", args["scheme"], i%hosts/250, i%hosts%250+1,
			args["port"], args["path"])
		request, err := http.NewRequest("GET", url, nil)
		need(err)
		if args["mode"] == "upload" {
			request, err = http.NewRequest("POST", url, newPatternSource(size))
			need(err)
			if number("chunked", 0) == 0 {
				request.ContentLength = int64(size)
			}
		}
		response, err := client.Do(request)
		need(err)
		body := newBodySum()
		_, err = io.CopyBuffer(body, response.Body, make([]byte, bufferSize(args["mode"])))
		need(err)
		response.Body.Close()
		return response.StatusCode, body
	}
	var workers sync.WaitGroup
	for w := uint64(0); w < inflight; w++ {
		workers.Add(1)
		go func() {
			defer workers.Done()
			var mine, myBytes, mySum uint64
			for i := atomic.AddUint64(&started, 1) - 1; i < requests; {
				if status, body := one(i); status == 200 {
					mine, myBytes, mySum = mine+1, myBytes+body.offset, mySum+body.hash
				}
				i = atomic.AddUint64(&started, 1) - 1
			}
			atomic.AddUint64(&responses, mine)
			atomic.AddUint64(&bytes, myBytes)
			atomic.AddUint64(&sum, mySum)
		}()
	}
	workers.Wait()
	var memory runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&memory)
	user, system := cpu()
	line, err := json.Marshal(map[string]any{
		"responses": responses, "bytes": bytes, "sum": fmt.Sprintf("%016x", sum),
		"user_us": user - userBefore, "system_us": system - systemBefore,
		"wall_us": time.Since(begin).Microseconds(), "heap": memory.HeapInuse + memory.StackInuse,
		"mallocs": memory.Mallocs,
	})
	need(err)
	fmt.Println(string(line))
}
