package io.github.llamaffm;

import java.io.Serial;
import java.util.List;

/**
 * An RPC server cannot be reached, or its connection was lost. What lay on it is gone: close the models that use it and
 * load them again once it answers.
 */
public final class RpcException extends LlamaException {

    @Serial
    private static final long serialVersionUID = 1;

    RpcException(String message, List<String> nativeLog) {
        super(message, nativeLog);
    }

    /** Of a call that needed a server. */
    static RpcException of(String what, NativeError error) {
        return new RpcException("%s: %s; see that the server runs, close the models that use it and load them again"
                .formatted(what, error.remoteReason()), error.log());
    }
}
