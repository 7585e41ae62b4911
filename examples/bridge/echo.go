// VESTNIK_URL=http://127.0.0.1:8080 VESTNIK_TOKEN=... VESTNIK_PLACE=place go run echo.go
package main // echoes what people write, and answers /time

import (
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"strings"
	"time"
)

type object = map[string]any

func ask(method, path, order string) object { // until there is an answer
	for ; ; time.Sleep(2 * time.Second) {
		var answer object
		request, _ := http.NewRequest(method, os.Getenv("VESTNIK_URL")+"/api/v1/"+path, strings.NewReader(order))
		request.Header = http.Header{"Authorization": {"Bearer " + os.Getenv("VESTNIK_TOKEN")}, "Content-Type": {"application/json"}}
		response, err := (&http.Client{Timeout: 90 * time.Second}).Do(request)
		if err == nil {
			err = json.NewDecoder(response.Body).Decode(&answer)
			response.Body.Close()
			failure, _ := answer["error"].(object)
			if err == nil && response.StatusCode == 200 && failure["code"] != -32002.0 && failure["code"] != -32003.0 {
				return answer
			}
		}
		log.Println("Trying again:", err, answer["error"])
	}
}

func main() {
	for place := os.Getenv("VESTNIK_PLACE"); ; {
		path, err := os.ReadFile(place)
		if err != nil {
			path = []byte("updates?timeout=0") // the first time: from now on
		}
		updates := ask("GET", string(path), "")
		for _, item := range updates["items"].([]any) {
			payload, _ := item.(object)["data"].(object)["payload"].(object)
			message, _ := payload["message"].(object)
			text, _ := message["text"].(string)
			if payload["kind"] != "IncomingMsg" || text == "" || message["isBot"] == true || message["isInfo"] == true {
				continue
			} else if text == "/time" {
				text = time.Now().UTC().Format(time.RFC3339)
			}
			order, _ := json.Marshal(object{"jsonrpc": "2.0", "id": 1, "method": "answer", "params": object{"messageId": message["id"], "text": text}})
			fmt.Println("message", message["id"], "answered:", ask("POST", "rpc", string(order))["error"] == nil)
		}
		path = []byte(fmt.Sprintf("updates?timeout=30&epoch=%s&after=%.0f", updates["epoch"], updates["next"]))
		// Only after the answers: killed in between, we answer again, which sends once.
		if os.WriteFile(place+".new", path, 0o600) != nil || os.Rename(place+".new", place) != nil {
			log.Fatal("The place cannot be kept in ", place)
		}
	}
}
