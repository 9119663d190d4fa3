import Foundation
import LeewayBase
import LeewayTemplate

/// The renderings that `Tools/template_vectors.py` wrote with the reference.
enum Golden {
  static let tests = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent()
  static let folder = tests.appendingPathComponent("Golden").path
  /// Beside the repository; holds the templates of real models.
  static let shared = tests.appendingPathComponent("../../../shared/tokenizers/chat-templates")
    .standardized.path

  static func json(_ file: String) throws -> JSONValue {
    let bytes = try MappedFile(path: folder + "/" + file).withBytes { Array($0) }
    return try JSONValue.parse(bytes, path: file)
  }

  static let tokens = ["bos_token": "<s>", "eos_token": "</s>"]

  static func messages(_ value: JSONValue?) -> [ChatMessage] {
    (value?.array ?? []).map { message in
      let content = message["content"]
      let more = (message.members ?? []).filter {
        !["role", "content"].map { Array($0.utf8) }.contains($0.key)
      }
      return ChatMessage(
        role: message["role"]?.text ?? "", content: content == .null ? nil : content?.text,
        more: more)
    }
  }

  static func request(_ messages: [ChatMessage], _ ending: String?, tools: JSONValue?)
    -> ChatRequest
  {
    var request = ChatRequest(messages)
    request.ending =
      ending == "assistant" ? .assistantTurn : ending == "last" ? .lastMessage : .messages
    request.tools = tools?.array
    return request
  }
}
