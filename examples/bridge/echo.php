<?php // Echo what people write, and answer /time: VESTNIK_TOKEN=... php echo.php

const TRY_AGAIN = [-32002, -32003];
$url = (getenv('VESTNIK_URL') ?: 'http://127.0.0.1:8080') . '/api/v1/';
$place = getenv('VESTNIK_PLACE') ?: __FILE__ . '.place';

// The place is kept only after the answer: killed in between, we answer again, which sends once.
function keep(string $epoch, int $offset): void
{
    global $place;
    file_put_contents("$place.new", json_encode(['epoch' => $epoch, 'offset' => $offset]));
    rename("$place.new", $place);
}

// Ask until there is an answer that will not become a better one by asking again.
function ask(string $path, ?array $order = null): array
{
    global $url;
    $http = ['timeout' => 90, 'ignore_errors' => true, 'method' => $order ? 'POST' : 'GET',
        'header' => ['Authorization: Bearer ' . getenv('VESTNIK_TOKEN'),
            'Content-Type: application/json'], 'content' => $order ? json_encode($order) : ''];
    for ($pause = 1;; $pause = min(2 * $pause, 30)) {
        $body = @file_get_contents($url . $path, false, stream_context_create(['http' => $http]));
        $status = (int) explode(' ', $http_response_header[0] ?? '- 0')[1];
        $answer = json_decode((string) $body, true);
        if ($status === 401 || $status === 403) {
            fwrite(STDERR, $answer['error']['message'] . PHP_EOL);
            exit(1);
        }
        if ($status === 200 && !in_array($answer['error']['code'] ?? 0, TRY_AGAIN, true)) {
            return $answer;
        }
        unset($http_response_header);
        sleep($pause);
    }
}

while (true) {
    $from = is_file($place) ? json_decode(file_get_contents($place), true) : null;
    $updates = ask($from ? "updates?timeout=30&after=$from[offset]&epoch=$from[epoch]" : 'updates?timeout=0');
    $updates['recovered'] || fwrite(STDERR, "Some messages are lost.\n");
    foreach ($updates['items'] as ['offset' => $offset, 'data' => $told]) {
        $payload = $told['payload'];
        $message = ($payload['kind'] ?? '') === 'IncomingMsg' ? $payload['message'] ?? [] : [];
        if (($message['text'] ?? '') !== '' && !$message['isBot'] && !$message['isInfo']) {
            $text = $message['text'] === '/time' ? gmdate('c') : $message['text'];
            $answer = ask('rpc', ['jsonrpc' => '2.0', 'id' => 1, 'method' => 'answer',
                'params' => ['messageId' => $message['id'], 'text' => $text]]);
            echo "message $message[id]: ", $answer['error']['message'] ?? 'answered', PHP_EOL;
        }
        keep($updates['epoch'], $offset);
    }
    keep($updates['epoch'], $updates['next']);
}
