//! An adapter between the conformance suite of the Remote Assist Protocol and your implementation.
//!
//! The suite writes one command a line to stdin, as JSON; each gets exactly one answer, a line on stdout. What happens by itself is told as events, between the
//! answers. The whole contract: adapter.proto, beside this file. Fields that are 0, empty or false are left out of the JSON.
//! Logs belong on stderr. Try it: remote-assist-conformance doctor --wire jsonl -- cargo run --quiet
use std::collections::HashMap;
use std::io::{self, BufRead, Write};

/// What you declare is what is tested: add roles, profiles ("files", "clipboard", …) and features ("clock", "snapshot") as you come to have them.
const HELLO: &str = r#"{"contract":1,"implementation":{"name":"my-implementation","version":"0.1.0"},"roles":["ROLE_CUSTOMER"],"profiles":["core"],"features":[]}"#;

/// A value as JSON has it; numbers stay text. With serde_json at hand, use that instead.
#[derive(Clone, Debug)]
pub enum Json { Null, Bool(bool), Number(String), Text(String), List(Vec<Json>), Object(Vec<(String, Json)>) }

impl Json {
    fn get(&self, name: &str) -> Option<&Json> {
        match self { Json::Object(fields) => fields.iter().find(|(key, _)| key == name).map(|(_, value)| value), _ => None }
    }
    fn text(&self) -> &str {
        match self { Json::Text(text) | Json::Number(text) => text, _ => "" }
    }
}

struct Reader<'a> { bytes: &'a [u8], at: usize }

impl Reader<'_> {
    fn peek(&mut self) -> Option<u8> {
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) { self.at += 1 }
        self.bytes.get(self.at).copied()
    }
    fn value(&mut self) -> Option<Json> {
        match self.peek()? {
            b'{' => self.items(b'}', |r| { let key = r.string()?; if r.peek()? != b':' { return None } r.at += 1; Some((key, r.value()?)) }).map(Json::Object),
            b'[' => self.items(b']', Reader::value).map(Json::List),
            b'"' => self.string().map(Json::Text),
            _ => {
                let start = self.at;
                while self.bytes.get(self.at).is_some_and(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte)) { self.at += 1 }
                match &self.bytes[start..self.at] { b"null" => Some(Json::Null), b"true" => Some(Json::Bool(true)), b"false" => Some(Json::Bool(false)), b"" => None,
                    number => Some(Json::Number(String::from_utf8_lossy(number).into_owned())) }
            }
        }
    }
    fn items<T>(&mut self, end: u8, item: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let mut all = Vec::new();
        self.at += 1;
        while self.peek()? != end {
            if self.peek()? == b',' { self.at += 1 }
            all.push(item(self)?);
        }
        self.at += 1;
        Some(all)
    }
    fn string(&mut self) -> Option<String> {
        if self.peek()? != b'"' { return None }
        self.at += 1;
        let mut units: Vec<u8> = Vec::new();
        loop {
            let byte = *self.bytes.get(self.at)?;
            self.at += 1;
            match byte {
                b'"' => return String::from_utf8(units).ok(),
                b'\\' => {
                    let escape = *self.bytes.get(self.at)?;
                    self.at += 1;
                    let mut code = match escape { b'n' => 10, b't' => 9, b'r' => 13, b'b' => 8, b'f' => 12, b'u' => self.hex()?, other => other as u32 };
                    if (0xd800..0xdc00).contains(&code) { self.at += 2; code = 0x10000 + ((code - 0xd800) << 10) + self.hex()?.checked_sub(0xdc00)?; }
                    units.extend(char::from_u32(code)?.to_string().bytes());
                }
                other => units.push(other),
            }
        }
    }
    fn hex(&mut self) -> Option<u32> {
        let digits = self.bytes.get(self.at..self.at + 4)?;
        self.at += 4;
        u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
    }
}

/// Text as JSON, quotes included.
fn quoted(text: &str) -> String {
    let escaped: String = text.chars().map(|c| if c == '"' || c == '\\' || (c as u32) < 32 { format!("\\u{:04x}", c as u32) } else { c.to_string() }).collect();
    format!("\"{escaped}\"")
}

/// Writes one frame. Any thread may call it.
fn send(frame: String) {
    let mut out = io::stdout().lock();
    writeln!(out, "{frame}").and_then(|()| out.flush()).expect("the suite reads");
}

/// A command is declined: "unsupported", "refused" or "failed", and why.
pub struct Refused(&'static str, String);

/// One running customer. Here goes your own client.
pub struct Customer { key: String }

impl Customer {
    /// `websocketUrl` is where to attach; `pin` or `customerUrl` is the code, or `ticket`, in base64, if you declare the feature
    /// "restart"; `screens` are the monitors to have.
    /// Connect in a thread and return at once: StartRole is answered when you have begun.
    fn start(key: &str, start: &Json) -> Result<Customer, Refused> {
        eprintln!("started at {}", start.get("websocketUrl").map_or("", Json::text));
        Ok(Customer { key: key.to_owned() })
    }
    /// Tells what happened: `self.event(r#"{"asked":{"id":1,"about":"consent"}}"#)`, `self.event(r#"{"ended":300}"#)`.
    pub fn event(&self, what: &str) { send(format!(r#"{{"key":{},"event":{what}}}"#, quoted(&self.key))) }
    /// Does what a user or the system does; returns further fields of Result, such as `,"id":5`.
    fn act(&mut self, action: &str, _fields: &Json) -> Result<String, Refused> {
        // if action == "answer" { self.client.answer(fields.get("question"), fields.get("permissions")); return Ok(String::new()) }
        Err(Refused("unsupported", action.to_owned()))
    }
    /// How it stands: SnapshotData. Declare the feature "snapshot" once you can say.
    fn snapshot(&self) -> Result<String, Refused> { Err(Refused("unsupported", String::new())) }
}

/// The answer to one command: the member of TesteeFrame's oneof, and its fields.
fn answer(running: &mut HashMap<String, Customer>, kind: &str, key: &str, fields: &Json) -> Result<(&'static str, String), Refused> {
    let role = fields.get("role").map_or("", Json::text);
    match kind {
        "hello" => return Ok(("helloAck", HELLO.to_owned())),
        "startRole" if role == "ROLE_CUSTOMER" => { running.insert(key.to_owned(), Customer::start(key, fields)?); return Ok(("roleReady", "{}".to_owned())) }
        "startRole" => return Err(Refused("unsupported", role.to_owned())),
        "stopRole" => drop(running.remove(key)), // Dropping a customer ends it at once and lets go of everything.
        "do" | "snapshot" => {
            let customer = running.get_mut(key).ok_or_else(|| Refused("failed", format!("nothing runs as {key}")))?;
            if kind == "snapshot" { return Ok(("snapshotData", customer.snapshot()?)) }
            let Json::Object(actions) = fields else { return Err(Refused("failed", "no action".to_owned())) };
            for (action, content) in actions { return Ok(("result", format!(r#"{{"ok":true{}}}"#, customer.act(action, content)?))) }
        }
        _ => {}
    }
    Ok(("result", r#"{"ok":true}"#.to_owned()))
}

fn main() {
    let mut running = HashMap::new();
    for line in io::stdin().lock().lines().map_while(Result::ok) {
        let frame = Reader { bytes: line.as_bytes(), at: 0 }.value().expect("the suite writes JSON");
        let Json::Object(members) = &frame else { continue };
        let (seq, key) = (frame.get("seq").map_or("0", Json::text), frame.get("key").map_or("", Json::text));
        let Some((kind, fields)) = members.iter().find(|(name, _)| name != "seq" && name != "key") else { continue };
        let (what, result) = answer(&mut running, kind, key, fields)
            .unwrap_or_else(|Refused(error, text)| ("result", format!(r#"{{"ok":false,"error":"{error}","text":{}}}"#, quoted(&text))));
        send(format!(r#"{{"reSeq":{seq},"key":{},"{what}":{result}}}"#, quoted(key)));
        if kind == "shutdown" { return }
    }
}
