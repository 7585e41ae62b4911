# Echo what people write, and answer /time: VESTNIK_TOKEN=... ruby echo.rb
require "json"
require "net/http"
require "time"

URL = URI("#{ENV.fetch("VESTNIK_URL", "http://127.0.0.1:8080")}/api/v1/")
PLACE = ENV.fetch("VESTNIK_PLACE", "#{__FILE__}.place")
HEADERS = { "Authorization" => "Bearer #{ENV["VESTNIK_TOKEN"]}", "Content-Type" => "application/json" }
TRY_AGAIN = [-32002, -32003].freeze
trap("TERM") { exit } # at any moment: nothing is lost by it
$stdout.sync = true

def request(path, order)
  http = Net::HTTP.new(URL.host, URL.port)
  http.use_ssl = URL.scheme == "https"
  http.read_timeout = 90
  uri = URL + path
  said = order ? http.post(uri.path, order.to_json, HEADERS) : http.get(uri.request_uri, HEADERS)
  abort(JSON.parse(said.body)["error"]["message"]) if %w[401 403].include?(said.code)
  JSON.parse(said.body) if said.code == "200"
rescue SystemCallError, IOError, Timeout::Error, JSON::ParserError, OpenSSL::SSL::SSLError => e
  warn "#{e.class}: trying again"
end

# Ask until there is an answer that will not become a better one by asking again.
def ask(path, order = nil)
  [1, 2, 4, 8, 16].cycle do |pause|
    answer = request(path, order)
    return answer if answer && !TRY_AGAIN.include?(answer.dig("error", "code"))

    sleep(pause)
  end
end

def take(message)
  return if !message || message["text"].empty? || message["isBot"] || message["isInfo"]

  text = message["text"] == "/time" ? Time.now.utc.iso8601 : message["text"]
  params = { messageId: message["id"], text: text }
  answer = ask("rpc", { jsonrpc: "2.0", id: 1, method: "answer", params: params })
  puts "message #{message["id"]}: #{answer.dig("error", "message") || "answered"}"
end

loop do
  query = File.exist?(PLACE) ? File.read(PLACE) : "timeout=0" # the first time: from now on
  updates = ask("updates?#{query}")
  warn "Some messages are lost." unless updates["recovered"]
  updates["items"].each do |item|
    payload = item["data"]["payload"]
    take(payload["message"]) if payload.is_a?(Hash) && payload["kind"] == "IncomingMsg"
  end
  # Kept only after the answers: killed in between, we answer again, which sends once.
  File.write("#{PLACE}.new", "timeout=30&epoch=#{updates["epoch"]}&after=#{updates["next"]}")
  File.rename("#{PLACE}.new", PLACE)
end
