// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// backend FOLDER HTTP_PORT HTTPS_PORT MTLS_PORT: what backend.py does, on Go's net/http.
package main

import (
	"compress/gzip"
	"compress/zlib"
	"crypto/sha1"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strings"
	"time"
)

var folder = os.Args[1]
var www = folder + "/www"

func sendChunked(w http.ResponseWriter) {
	file, err := os.Open(www + "/chunked.bin")
	if err != nil {
		return
	}
	defer file.Close()
	io.Copy(w, file)
}

func coded(w http.ResponseWriter, r *http.Request) {
	coding := strings.Split(r.URL.Path, "/")[2]
	w.Header().Set("Content-Type", "text/plain")
	if coding != "none" {
		w.Header().Set("Content-Encoding", coding)
	}
	var out io.WriteCloser
	switch coding {
	case "gzip":
		out = gzip.NewWriter(w)
	case "deflate":
		out = zlib.NewWriter(w)
	default:
		http.ServeFile(w, r, www+r.URL.Path)
		return
	}
	text, _ := os.ReadFile(www + "/coded/none/text.txt")
	out.Write(text)
	out.Close()
}

func upgrade(w http.ResponseWriter, r *http.Request) {
	sum := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	conn, buffer, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"+
		"Upgrade: websocket\r\nSec-WebSocket-Accept: %s\r\n\r\n",
		base64.StdEncoding.EncodeToString(sum[:]))
	io.Copy(conn, buffer)
}

func put(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/limited/") && r.ContentLength > 1000000 {
		http.Error(w, "too long", http.StatusRequestEntityTooLarge)
		return
	}
	file, err := os.Create(www + r.URL.Path)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	defer file.Close()
	if _, err = io.Copy(file, r.Body); err == nil {
		w.WriteHeader(http.StatusCreated)
	}
}

func answer(w http.ResponseWriter, r *http.Request) {
	path := r.URL.Path
	switch {
	case r.Method == "PUT":
		put(w, r)
	case path == "/chunked":
		sendChunked(w)
	case path == "/trailers":
		w.Header().Set("Trailer", "X-Check")
		sendChunked(w)
		w.Header().Set("X-Check", "42")
	case path == "/204":
		w.WriteHeader(http.StatusNoContent)
	case path == "/fields":
		for i := 0; i < 100; i++ {
			w.Header().Set(fmt.Sprintf("X-Field-%d", i), fmt.Sprintf("value %d", i))
		}
	case path == "/early":
		w.Header().Set("Link", "</a.css>; rel=preload")
		w.WriteHeader(http.StatusEarlyHints)
		http.ServeFile(w, r, www+"/small.txt")
	case path == "/upgrade":
		upgrade(w, r)
	case strings.HasPrefix(path, "/coded/"):
		coded(w, r)
	default:
		http.ServeFile(w, r, www+path)
	}
}

func main() {
	text, err := os.ReadFile(folder + "/ca.pem")
	if err != nil {
		log.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(text)
	server := func(port string, config *tls.Config) *http.Server {
		return &http.Server{Addr: "127.0.0.1:" + port, Handler: http.HandlerFunc(answer),
			IdleTimeout: time.Second, TLSConfig: config, ErrorLog: log.New(io.Discard, "", 0),
			TLSNextProto: map[string]func(*http.Server, *tls.Conn, http.Handler){}}
	}
	mutual := &tls.Config{ClientCAs: roots, ClientAuth: tls.RequireAndVerifyClientCert}
	certificate, key := folder+"/server.pem", folder+"/server.key"
	go server(os.Args[3], &tls.Config{}).ListenAndServeTLS(certificate, key)
	go server(os.Args[4], mutual).ListenAndServeTLS(certificate, key)
	log.Fatal(server(os.Args[2], nil).ListenAndServe())
}
