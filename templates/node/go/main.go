// A node that answers `echo`: the beginning of one of your own. It needs the standard library only.
//
//	go build -o node .
//	sim test -w echo --bin ./node --node-count 1 --time-limit 5
//
// Messages are lines of JSON on stdin and stdout. Whatever you print yourself goes to stderr:
// `fmt.Fprintln(os.Stderr, …)`, never `fmt.Println`.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
)

// Message is one line. Values of a body stay as they were written until they are needed.
type Message struct {
	Src  string                     `json:"src"`
	Dest string                     `json:"dest"`
	Body map[string]json.RawMessage `json:"body"`
}

// Node has the name of this node and those of the others, once it is initialised.
type Node struct {
	id    string
	peers []string
}

// handle handles a message.
func (node *Node) handle(message Message) {
	switch text(message.Body["type"]) {
	case "init":
		node.id = text(message.Body["node_id"])
		var names []string
		_ = json.Unmarshal(message.Body["node_ids"], &names)
		for _, name := range names {
			if name != node.id {
				node.peers = append(node.peers, name)
			}
		}
		node.reply(message, map[string]any{"type": "init_ok"})
	case "echo":
		node.reply(message, map[string]any{"type": "echo_ok", "echo": message.Body["echo"]})

	// Where to go on: one case for each type of request of a workload. For unique-ids, for example:
	//
	//	case "generate":
	//		node.reply(message, map[string]any{"type": "generate_ok", "id": …})
	//
	//	sim test -w unique-ids --bin ./node --node-count 3 --time-limit 5
	//
	// Also: `node.send(node.peers[0], body)` to another node. A goroutine that sends needs a mutex
	// around the state and around `send`. `sim doc protocol` lists all messages of all workloads.
	default:
		if message.Body["in_reply_to"] == nil {
			node.reply(message, map[string]any{"type": "error", "code": 10, "text": "not supported"})
		}
	}
}

// send sends a message to a node, a client or a service.
func (node *Node) send(dest string, body map[string]any) {
	line, err := json.Marshal(map[string]any{"src": node.id, "dest": dest, "body": body})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	_, _ = os.Stdout.Write(append(line, '\n'))
}

// reply sends the reply to a request.
func (node *Node) reply(request Message, body map[string]any) {
	body["in_reply_to"] = request.Body["msg_id"]
	node.send(request.Src, body)
}

// text returns a JSON string without its quotes.
func text(value json.RawMessage) string {
	var text string
	_ = json.Unmarshal(value, &text)
	return text
}

func main() {
	node := &Node{}
	input := bufio.NewReader(os.Stdin)
	for {
		line, err := input.ReadBytes('\n')
		if err != nil {
			return
		}
		var message Message
		if err := json.Unmarshal(line, &message); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		node.handle(message)
	}
}
