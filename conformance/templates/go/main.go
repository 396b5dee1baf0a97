// An adapter between the conformance suite of the Remote Assist Protocol and your implementation.
//
// The suite writes one command a line to stdin, as JSON; each gets exactly one answer, a line on stdout. What happens by itself is told as events, between the
// answers. The whole contract, with every action and field: adapter.proto, beside this file. Fields that are 0, empty or false are left out of the JSON.
// Logs belong on stderr. Try it: remote-assist-conformance doctor --wire jsonl -- go run .
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
)

// Fields of a message, as JSON has them.
type Fields = map[string]any

// What you declare is what is tested: add roles, profiles ("files", "clipboard", …) and features ("clock", "snapshot") as you come to have them.
var hello = Fields{
	"contract":       1,
	"implementation": Fields{"name": "my-implementation", "version": "0.1.0"},
	"roles":          []string{"ROLE_CUSTOMER"},
	"profiles":       []string{"core"},
	"features":       []string{},
}

// Refused declines a command: "unsupported", "refused" or "failed", and why.
type Refused struct{ Kind, Text string }

func (r Refused) Error() string { return r.Text }

var writing sync.Mutex

// send writes one frame. Any goroutine may call it.
func send(frame Fields) {
	line, err := json.Marshal(frame)
	if err != nil {
		panic(err)
	}
	writing.Lock()
	defer writing.Unlock()
	os.Stdout.Write(append(line, '\n'))
}

// Customer is one that runs. Here goes your own client.
type Customer struct{ key string }

// startCustomer begins. start["websocketUrl"] is where to attach; start["pin"] or start["customerUrl"] is the code, or start["ticket"], in base64,
// if you declare the feature "restart"; start["screens"] are the monitors to have.
// Connect in a goroutine and return at once: StartRole is answered when you have begun.
func startCustomer(key string, start Fields) (*Customer, error) {
	return &Customer{key}, nil
}

// event tells what happened: c.event(Fields{"asked": Fields{"id": 1, "about": "consent"}}), c.event(Fields{"ended": 300}).
func (c *Customer) event(what Fields) { send(Fields{"key": c.key, "event": what}) }

// do does what a user or the system does, and returns fields of Result beside ok.
func (c *Customer) do(action string, fields Fields) (Fields, error) {
	switch action {
	// case "answer": return Fields{}, c.client.Answer(fields["question"], fields["permissions"])
	default:
		return nil, Refused{"unsupported", action}
	}
}

// snapshot says how it stands: fields of SnapshotData. Declare the feature "snapshot" once you can say.
func (c *Customer) snapshot() (Fields, error) { return nil, Refused{Kind: "unsupported"} }

// stop ends at once and lets go of everything.
func (c *Customer) stop() {}

var running = map[string]*Customer{}

// answer is the answer to one command: the member of TesteeFrame's oneof, and its fields.
func answer(kind, key string, fields Fields) (string, Fields, error) {
	switch kind {
	case "hello":
		return "helloAck", hello, nil
	case "startRole":
		if fields["role"] != "ROLE_CUSTOMER" {
			return "", nil, Refused{"unsupported", fmt.Sprint(fields["role"])}
		}
		customer, err := startCustomer(key, fields)
		running[key] = customer
		return "roleReady", Fields{}, err
	case "shutdown":
		return "result", Fields{"ok": true}, nil
	}
	customer := running[key]
	if customer == nil {
		return "", nil, fmt.Errorf("nothing runs as %s", key)
	}
	switch kind {
	case "do":
		for action, content := range fields {
			given, _ := content.(map[string]any)
			result, err := customer.do(action, given)
			if err != nil {
				return "", nil, err
			}
			result["ok"] = true
			return "result", result, nil
		}
	case "snapshot":
		data, err := customer.snapshot()
		return "snapshotData", data, err
	case "stopRole":
		customer.stop()
		delete(running, key)
	}
	return "result", Fields{"ok": true}, nil
}

func main() {
	lines := bufio.NewReaderSize(os.Stdin, 1<<16)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		var frame Fields
		if err := json.Unmarshal(line, &frame); err != nil {
			panic(err)
		}
		key, _ := frame["key"].(string)
		for kind, content := range frame {
			if kind == "seq" || kind == "key" {
				continue
			}
			fields, _ := content.(map[string]any)
			what, result, err := answer(kind, key, fields)
			if refused := (Refused{Kind: "failed"}); err != nil {
				refused.Text = err.Error()
				errors.As(err, &refused)
				what, result = "result", Fields{"ok": false, "error": refused.Kind, "text": refused.Text}
			}
			send(Fields{"reSeq": frame["seq"], "key": key, what: result})
			if kind == "shutdown" {
				return
			}
		}
	}
}
