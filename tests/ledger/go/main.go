// Command main reads what Cellwarden writes with golang.org/x/mod, which knows nothing of Cellwarden.
//
//	main note VKEY FILE            note.Open; prints the text's second line
//	main record VKEY PROOF LEAF    note.Open and tlog.CheckRecord
//	main tree VKEY HELD PROOF      note.Open twice and tlog.CheckTree
//	main cosigned VKEY FILE        a cosignature/v1, written down here from the specification
//	main make NAME TEXT            makes a key and signs; prints both keys and the note
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"log"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func read(path string) []byte {
	data, err := os.ReadFile(path)
	must(err)
	return data
}

// head is a signed checkpoint that note.Open accepted, read by tlog's own types.
func head(vkey string, data []byte) (int64, tlog.Hash) {
	verifier, err := note.NewVerifier(vkey)
	must(err)
	opened, err := note.Open(data, note.VerifierList(verifier))
	must(err)
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	root, err := tlog.ParseHash(lines[2])
	must(err)
	return size, root
}

// split gives the value of the last line that begins with word, the digests after it, and the rest.
func split(data []byte, word string) (int64, []tlog.Hash, []byte) {
	at := bytes.Index(data, []byte("\n\n"))
	var number int64
	var path []tlog.Hash
	for _, line := range strings.Split(string(data[:at]), "\n") {
		switch {
		case strings.HasPrefix(line, word+" "):
			n, err := strconv.ParseInt(line[len(word)+1:], 10, 64)
			must(err)
			number, path = n, nil
		case len(line) == 44:
			digest, err := tlog.ParseHash(line)
			must(err)
			path = append(path, digest)
		}
	}
	return number, path, data[at+2:]
}

// cosigner verifies cosignature/v1 for note.Open.
type cosigner struct {
	name string
	key  []byte
}

func (c cosigner) Name() string { return c.name }

func (c cosigner) KeyHash() uint32 {
	sum := sha256.Sum256(append([]byte(c.name+"\n\x04"), c.key...))
	return binary.BigEndian.Uint32(sum[:4])
}

func (c cosigner) Verify(text, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	at := binary.BigEndian.Uint64(sig[:8])
	message := append([]byte(fmt.Sprintf("cosignature/v1\ntime %d\n", at)), text...)
	return ed25519.Verify(c.key, message, sig[8:])
}

func main() {
	args := os.Args[2:]
	switch os.Args[1] {
	case "note":
		size, _ := head(args[0], read(args[1]))
		fmt.Println(size)
	case "record":
		index, path, rest := split(read(args[1]), "index")
		size, root := head(args[0], rest)
		must(tlog.CheckRecord(tlog.RecordProof(path), size, root, index, tlog.RecordHash(read(args[2]))))
		fmt.Println("in", index)
	case "tree":
		oldSize, oldRoot := head(args[0], read(args[1]))
		from, path, rest := split(read(args[2]), "old")
		size, root := head(args[0], rest)
		if from != oldSize {
			log.Fatal("the proof is from another size")
		}
		must(tlog.CheckTree(tlog.TreeProof(path), size, root, oldSize, oldRoot))
		fmt.Println("grew", oldSize, size)
	case "cosigned":
		parts := strings.SplitN(args[0], "+", 3)
		key, err := base64.StdEncoding.DecodeString(parts[2])
		must(err)
		opened, err := note.Open(read(args[1]), note.VerifierList(cosigner{parts[0], key[1:]}))
		must(err)
		fmt.Println(len(opened.Sigs), len(opened.UnverifiedSigs))
	case "make":
		skey, vkey, err := note.GenerateKey(rand.Reader, args[0])
		must(err)
		signer, err := note.NewSigner(skey)
		must(err)
		signed, err := note.Sign(&note.Note{Text: args[1]}, signer)
		must(err)
		fmt.Printf("%s\n%s\n%s", skey, vkey, signed)
	}
}
